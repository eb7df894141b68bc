import { unknownRun } from './server-run.ts'

import type { Position } from '@steadystream/core/protocol'
import type { ChannelKeys } from './keys.ts'
import type { ServerRun } from './server-run.ts'

/** What this process has seen of a channel, so that a Redis which has lost it is found out. */
export class KnownChannel {
  readonly keys: ChannelKeys
  position: Position | undefined
  /** Whether the channel ended there. */
  isCompleted = false
  /** The Redis process in which the position was seen, as the link knew it over which it came. */
  run = unknownRun

  constructor(keys: ChannelKeys) {
    this.keys = keys
  }

  get epoch(): string | undefined {
    return this.position?.epoch
  }

  see(position: Position, run: ServerRun, isCompleted = false): void {
    this.position = position
    this.isCompleted = isCompleted
    this.run = run
  }

  /** {@link see}, unless it is an earlier one: of an event that was published before, under the same key. */
  seeLater(position: Position, run: ServerRun): void {
    if (!this.position || isLater(position, this.position.epoch, this.position.offset)) this.see(position, run)
  }

  /**
   * {@link witness}, unless it comes over the same link. The same process is not enough: it may have been a replica in
   * between, of one that knew less.
   */
  witnessIn(run: ServerRun): string {
    return this.run === run ? '' : this.witness
  }

  /** As the scripts take it. */
  get witness(): string {
    return this.position ? writeWitness(this.position, this.isCompleted, this.run) : ''
  }
}

const maxKnown = 10_000

/** Channels that this process publishes to, in the order of their use; the oldest are forgotten. */
export class KnownChannels {
  readonly #channels = new Map<string, KnownChannel>()
  /** The one that was used last, and is where it belongs. */
  #latest: string | undefined
  readonly #keysOf: (key: string) => ChannelKeys

  constructor(keysOf: (key: string) => ChannelKeys) {
    this.#keysOf = keysOf
  }

  get(key: string): KnownChannel {
    let channel = this.#channels.get(key)
    if (channel && key === this.#latest) return channel
    if (channel) {
      this.#channels.delete(key)
    } else {
      channel = new KnownChannel(this.#keysOf(key))
      if (this.#channels.size >= maxKnown) {
        for (const oldest of this.#channels.keys()) {
          this.#channels.delete(oldest)
          break
        }
      }
    }
    this.#channels.set(key, channel)
    this.#latest = key
    return channel
  }
}

/** As the scripts take it: what was seen, whether that was the end, and in which Redis process. */
export const writeWitness = ({ epoch, offset }: Position, isEnd: boolean, { id }: ServerRun): string =>
  `${epoch}:${offset}${isEnd ? '!' : ''}:${id}`

/** Epochs are times, and as long as each other. */
export function isLater({ epoch, offset }: Position, than: string, last: number): boolean {
  return epoch === than ? offset > last : epoch.length === than.length && epoch > than
}
