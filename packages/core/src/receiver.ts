import { StreamError } from './errors.ts'
import { controlEvents, isControlEvent } from './protocol/control-events.ts'

import type { RawEvent } from './handlers.ts'
import type { Gap, ReceivedEvent, Resume } from './resume.ts'

/** One thing that waits for a consumer, in the order in which it was received. */
export interface Item {
  /** The last event ID once this has been handled. */
  readonly cursor: string
  readonly event?: RawEvent | undefined
  /** Whether the event is the last one. */
  readonly isLast?: boolean | undefined
  /** Why the event is not to be used; or, without an event, what ended the stream. */
  readonly error?: StreamError | undefined
  readonly gap?: Gap | undefined
  readonly comment?: string | undefined
  /** Whether no more will come. */
  readonly isEnd?: boolean | undefined
}

/** What the receiver finds out. */
export interface ReceiverOutput {
  item(item: Item): void
  duplicate(): unknown
  /** The server told its keep-alive interval. */
  announced(heartbeatMs: number): unknown
  completed(): void
  failed(error: StreamError): void
}

export interface Receiver {
  opened(): void
  event(event: ReceivedEvent): void
  moved(id: string): void
  oversized(event: ReceivedEvent): void
  comment(text: string): void
}

/** A server may tell no longer wait or interval than this. */
const longestWaitMs = 3_600_000

/** Sorts what a link brings into control messages, duplicates, gaps and events. */
export function createReceiver(
  resume: Resume,
  isComplete: (event: RawEvent) => unknown,
  output: ReceiverOutput,
): Receiver {
  /** What has no more to it than a place: an ID that moved, or a gap, which commits its end and not the event behind it. */
  const moveOn = (gap: Gap | undefined) => output.item({ gap, cursor: gap?.to ?? resume.lastEventId })

  function take(received: ReceivedEvent, error?: StreamError): void {
    const result = resume.received(received)
    if (result === 'drop') return void output.duplicate()
    if (result) moveOn(result)
    const { lastEventId: cursor } = resume
    const event = { type: received.type, data: received.data, id: cursor }
    const isLast = !error && !!isComplete(event)
    output.item({ event, isLast, error, cursor })
    if (isLast) output.completed()
  }

  const control: Record<string, (message: Readonly<Record<string, unknown>>, id: string | undefined) => void> = {
    [controlEvents.connected]({ heartbeatInterval }, id) {
      // Even before the first event there is a place to come back to, and to persist.
      moveOn(resume.connected(id))
      const interval = bounded(heartbeatInterval)
      if (interval) output.announced(interval)
    },
    [controlEvents.gap]({ to }, id) {
      const end = id ?? to
      moveOn(typeof end === 'string' ? resume.declared(end) : { kind: 'unknown' })
    },
    [controlEvents.complete](_, id) {
      if (id !== undefined) moveOn(resume.moved(id))
      output.completed()
    },
    [controlEvents.close]({ code, reason, reconnect, retryMs }) {
      const details = { retryable: reconnect !== false, retryAfterMs: bounded(retryMs) }
      output.failed(
        new StreamError('SERVER_CLOSE', `the server closed the stream: ${String(reason)} (${String(code)})`, details),
      )
    },
  }

  return {
    opened: () => moveOn(resume.opened()),
    comment: (comment) => output.item({ comment, cursor: resume.lastEventId }),
    moved: (id) => moveOn(resume.moved(id)),
    event(received) {
      const { type, data, id } = received
      if (isControlEvent(type) && Object.hasOwn(control, type)) control[type]?.(readMessage(data), id)
      else take(received)
    },
    oversized: (received) =>
      take(received, new StreamError('EVENT_TOO_LARGE', 'an event longer than maxEventSize was skipped')),
  }
}

/** The fields of a control message, none of them trusted; none at all where it is malformed. */
function readMessage(data: string): Readonly<Record<string, unknown>> {
  try {
    // Whatever it is, each reader checks the type of the field it takes.
    return Object(JSON.parse(data)) as Record<string, unknown>
  } catch {
    return {}
  }
}

const bounded = (ms: unknown) => (typeof ms === 'number' && ms > 0 ? Math.min(ms, longestWaitMs) : undefined)
