import { StreamError } from './errors.ts'
import { controlEvents } from './protocol/control-events.ts'

import type { RawEvent } from './handlers.ts'
import type { Gap, ReceivedEvent, Resume } from './resume.ts'

/** One thing that waits for a consumer, in the order in which it was received. */
export type Item = {
  /** The last event ID once this has been handled. */
  readonly cursor: string
} & (
  | { readonly kind: 'event'; readonly event: RawEvent; readonly isLast: boolean }
  | { readonly kind: 'gap'; readonly gap: Gap }
  | { readonly kind: 'moved' }
  | { readonly kind: 'invalid'; readonly event: RawEvent; readonly error: StreamError }
  /** No more will come; with the failure that made it so, if one did. */
  | { readonly kind: 'end'; readonly error: StreamError | undefined }
)

/** What the receiver finds out. */
export interface ReceiverOutput {
  item(item: Item): void
  duplicate(): void
  /** The server told its keep-alive interval. */
  announced(heartbeatMs: number): void
  completed(): void
  failed(error: StreamError): void
}

export interface Receiver {
  opened(): void
  event(event: ReceivedEvent): void
  moved(id: string): void
  oversized(event: ReceivedEvent): void
}

/** A server may tell no longer wait or interval than this. */
const longestWaitMs = 3_600_000

/** Sorts what a link brings into control messages, duplicates, gaps and events. */
export function createReceiver(
  resume: Resume,
  isComplete: (event: RawEvent) => boolean,
  output: ReceiverOutput,
): Receiver {
  const declare = (gap: Gap | undefined) => {
    if (gap) output.item({ kind: 'gap', gap, cursor: resume.lastEventId })
  }

  /** @returns the event as it is shown, or `undefined` if it was had before. */
  function admit(received: ReceivedEvent): RawEvent | undefined {
    const { deliver, gap } = resume.received(received)
    declare(gap)
    if (!deliver) output.duplicate()
    return deliver ? { type: received.type, data: received.data, id: resume.lastEventId } : undefined
  }

  function moved(id: string): void {
    const gap = resume.moved(id)
    if (gap) declare(gap)
    else output.item({ kind: 'moved', cursor: resume.lastEventId })
  }

  const control: Record<string, (event: ReceivedEvent) => void> = {
    [controlEvents.connected]({ id, data }) {
      declare(resume.connected(id))
      const { heartbeatInterval } = readMessage(data)
      if (isPositive(heartbeatInterval)) output.announced(Math.min(heartbeatInterval, longestWaitMs))
      // Even before the first event there is a place to come back to, and to persist.
      if (id !== undefined) output.item({ kind: 'moved', cursor: resume.lastEventId })
    },
    [controlEvents.gap]({ id, data }) {
      const { from, to } = readMessage(data)
      declare(resume.declared({ kind: 'lost', from: textOrNone(from), to: textOrNone(to) }, id))
    },
    [controlEvents.complete]({ id }) {
      if (id !== undefined) moved(id)
      output.completed()
    },
    [controlEvents.close]({ data }) {
      const { code, reason, reconnect, retryMs } = readMessage(data)
      const retryAfterMs = isPositive(retryMs) ? Math.min(retryMs, longestWaitMs) : undefined
      const message = `the server closed the stream: ${String(reason)} (${String(code)})`
      output.failed(new StreamError('SERVER_CLOSE', message, { retryable: reconnect !== false, retryAfterMs }))
    },
  }

  return {
    opened: () => declare(resume.opened()),
    moved,
    event(received) {
      if (Object.hasOwn(control, received.type)) return control[received.type]?.(received)
      const event = admit(received)
      if (!event) return
      const isLast = isComplete(event)
      output.item({ kind: 'event', event, isLast, cursor: resume.lastEventId })
      if (isLast) output.completed()
    },
    oversized(received) {
      const event = admit(received)
      if (!event) return
      const error = new StreamError('EVENT_TOO_LARGE', 'an event was longer than maxEventSize and has been skipped', {
        retryable: false,
      })
      error.willRetry = true
      output.item({ kind: 'invalid', event, error, cursor: resume.lastEventId })
    },
  }
}

/** The fields of a control message, none of them trusted; none at all where it is malformed. */
function readMessage(data: string): Readonly<Record<string, unknown>> {
  try {
    const message: unknown = JSON.parse(data)
    // Any property of an object may be read; each reader checks the type of what it gets.
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const isPositive = (value: unknown): value is number => typeof value === 'number' && value > 0
const textOrNone = (value: unknown) => (typeof value === 'string' ? value : undefined)
