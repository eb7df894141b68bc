import { controlEvents } from '../protocol/control-events.ts'
import { formatSseBlock, formatSseComment } from '../protocol/sse-format.ts'

import type { CloseMessage, ConnectedMessage, GapMessage } from '../protocol/control-events.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { ScriptedBody } from './scripted-body.ts'

/** One event to send. */
export interface ScriptedEvent {
  readonly id?: string | undefined
  /** SSE event name. */
  readonly event?: string | undefined
  /** A string goes out as it is, anything else as JSON; without it the block only moves the last event ID. */
  readonly data?: unknown
}

/** One connection of the client under test, seen from the server's side. What is written to a closed one is lost. */
export interface ScriptedConnection {
  readonly request: RecordedRequest
  /** Whether neither side has ended it. */
  readonly isOpen: boolean
  /** Settles when either side has ended it. */
  readonly closed: Promise<void>
  /** Pieces sent that the client has not read yet: more than none means that it holds reading back. */
  readonly unread: number
  /** Sends an event: its data alone (an object goes as `{ data }`), or with its fields. */
  push(event: string | number | boolean | null | readonly unknown[] | ScriptedEvent): void
  /** Sends the last `count` events (default 1) once more, ids included, as a server that replays too much. */
  repeat(count?: number): void
  /** Sends an event whose data is no JSON. */
  malformed(id?: string): void
  /** Sends bytes, or text as UTF-8, as one chunk and as they are. */
  raw(text: string | Uint8Array): void
  comment(text?: string): void
  /** Introduces the server as one of ours, which speaks positions (`epoch:offset`). */
  connected(message?: Partial<ConnectedMessage> & { readonly id?: string | undefined }): void
  /** Declares events lost that nobody can have any more. */
  gap(from: string | undefined, to: string): void
  /** Says that there is no more, and ends the response. */
  complete(): void
  /** Says why the server closes, and ends the response. */
  close(message?: Partial<CloseMessage>): void
  /** Ends the response cleanly. */
  end(): void
  /** Pulls the cable: the client reads what was sent, then an error. */
  drop(): void
  /** Sends the first half of an event, then pulls the cable. */
  dropMidEvent(event?: ScriptedEvent): void
  /** Half-open from now on: the client hears nothing more, and no end either. */
  goSilent(): void
}

const fieldNames = ['id', 'event', 'data']

export function createScriptedConnection(request: RecordedRequest, body: ScriptedBody): ScriptedConnection {
  const encoder = new TextEncoder()
  const sent: string[] = []
  let isSilent = false

  function raw(text: string | Uint8Array): void {
    if (!isSilent) body.write(typeof text === 'string' ? encoder.encode(text) : text)
  }

  function finish(error?: Error): void {
    if (!isSilent) body.finish(error)
  }

  const control = (event: string, message: object, id?: string) =>
    raw(formatSseBlock({ event, data: JSON.stringify(message), id }))

  return {
    request,
    get isOpen() {
      return body.isOpen
    },
    closed: body.closed,
    get unread() {
      return body.unread
    },
    push(event) {
      const block = format(event)
      sent.push(block)
      raw(block)
    },
    repeat: (count = 1) => sent.slice(-count).forEach(raw),
    malformed: (id) => raw(formatSseBlock({ id, data: '{"malformed":' })),
    raw,
    comment: (text = '') => raw(formatSseComment(text)),
    connected({ id, clientId = 'sse_scripted', heartbeatInterval = 15_000, ...rest } = {}) {
      control(controlEvents.connected, { clientId, heartbeatInterval, ...rest }, id)
    },
    gap(from, to) {
      control(controlEvents.gap, { kind: 'lost', from, to } satisfies GapMessage, to)
    },
    complete() {
      control(controlEvents.complete, {})
      finish()
    },
    close({ code = 3000, reason = 'scripted', reconnect = true, retryMs } = {}) {
      control(controlEvents.close, { code, reason, reconnect, retryMs })
      finish()
    },
    end: () => finish(),
    drop: () => finish(new TypeError('terminated')),
    dropMidEvent(event = { data: 'cut off' }) {
      const text = format(event)
      raw(text.slice(0, Math.ceil(text.length / 2)))
      finish(new TypeError('terminated'))
    },
    goSilent() {
      isSilent = true
    },
  }
}

function format(event: Parameters<ScriptedConnection['push']>[0]): string {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return formatSseBlock({ data: text(event) })
  const stray = Object.keys(event).find((name) => !fieldNames.includes(name))
  if (stray !== undefined)
    throw new TypeError(`push takes { id, event, data }, got ${stray}: put an event's own fields into data`)
  // Array.isArray does not take readonly arrays out of the type.
  const { id, event: name, data } = event as ScriptedEvent
  return formatSseBlock({ id, event: name, data: data === undefined ? undefined : text(data) })
}

const text = (data: unknown) => (typeof data === 'string' ? data : JSON.stringify(data))
