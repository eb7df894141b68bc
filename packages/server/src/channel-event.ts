import { formatPosition, formatSseBlock } from '@steadystream/core/protocol'

/**
 * One published event with its place in its channel. The same object serves history, fan-out and every replay, so that
 * each wire format is encoded once, when it is first asked for.
 */
export class ChannelEvent {
  readonly epoch: string
  readonly offset: number
  readonly json: string
  #sse: Buffer | undefined
  #envelope: Buffer | undefined

  constructor(epoch: string, offset: number, json: string) {
    this.epoch = epoch
    this.offset = offset
    this.json = json
  }

  /** As a block of an event stream. */
  get sse(): Buffer {
    return (this.#sse ??= Buffer.from(formatSseBlock({ id: formatPosition(this), data: this.json })))
  }

  /** As an envelope. `channel` is the label of the one channel that it belongs to. */
  envelope(channel: string): Buffer {
    return (this.#envelope ??= Buffer.from(
      `{"type":"event","channel":${JSON.stringify(channel)},"position":"${formatPosition(this)}","data":${this.json}}`,
    ))
  }
}

/**
 * What goes over the wire for a value that a user publishes.
 * @throws {TypeError} if JSON has no form for it: `undefined`, a function, a symbol, a BigInt, a cycle.
 */
export function encodeJson(value: unknown): string {
  let json: string | undefined
  try {
    // The declared return type leaves out that `undefined`, functions and symbols give `undefined`.
    json = JSON.stringify(value) as string | undefined
  } catch (cause) {
    throw new TypeError('event cannot be written as JSON', { cause })
  }
  if (json === undefined) throw new TypeError(`event must be a value that JSON can hold, got ${typeof value}`)
  return json
}
