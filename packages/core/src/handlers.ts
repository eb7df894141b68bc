import type { StreamError } from './errors.ts'
import type { ConnectionState, StateReason } from './machine.ts'
import type { Gap } from './resume.ts'

/** What came with a piece of data. */
export interface EventMeta {
  /** SSE event name; `message` where the server gave none. */
  readonly type: string
  /** Last event ID as of this event; `''` where the server has sent none. */
  readonly id: string
}

/** One event, as async iteration hands it out. */
export interface StreamEvent<T> extends EventMeta {
  readonly data: T
}

/** An event as it was received, before `parse`. */
export interface RawEvent extends EventMeta {
  readonly data: string
  /** A WebSocket message that is no text: handlers get it as their data, unparsed. `data` is empty then. */
  readonly binary?: ArrayBuffer | undefined
}

/** One change of a stream's state, or of the reason for it. */
export interface StateChange {
  readonly state: ConnectionState
  readonly previous: ConnectionState
  readonly reason: StateReason
  /** Number of the retry that is waited for or in flight; 0 once the link has proved healthy. */
  readonly attempt: number
  /** Milliseconds until the next attempt, while waiting for it. */
  readonly retryInMs?: number | undefined
  /** What caused the change, where a failure did. */
  readonly error?: StreamError | undefined
  readonly transport: string
}

/** Data by event name, as far as `T` tells the names by its `type`; else every name may have any of `T`. */
export type EventsOf<T> = [T] extends [{ readonly type: string }]
  ? string extends T['type']
    ? Readonly<Record<string, T>>
    : { readonly [Name in T['type']]: Extract<T, { readonly type: Name }> }
  : Readonly<Record<string, T>>

/** Handlers that have been taken, whatever the user's names are. */
export type AnyHandlers<T> = StreamHandlers<T, Record<string, T>>

/** Handlers for events of these names. */
export type EventHandlers<Events> = {
  readonly [Name in keyof Events]?: ((data: Events[Name], meta: EventMeta) => unknown) | undefined
}

/**
 * The user's side of a stream. Handlers run one at a time, in the order of the events, and never inside the transport;
 * the next event waits for a promise that `onData` or a named handler returns. One that throws is reported as an
 * uncaught error would be, and the stream goes on.
 *
 * Most return `void` and not `unknown` so that TypeScript does not look into what they return: `const stream =
 * createEnhancedSSEStream(url, { onComplete: () => log(stream.stats) })` would be circular.
 */
export interface StreamHandlers<T, Events = EventsOf<T>> {
  /** Every event. Without it (and without `events`) the stream is read by async iteration. */
  readonly onData?: ((data: T, meta: EventMeta) => unknown) | undefined
  /** Handlers by SSE event name, else by the data's `type` property. They run after `onData`. */
  readonly events?: EventHandlers<NoInfer<Events>> | undefined
  /** Every failure of the link; `error.willRetry` tells whether the stream goes on by itself. */
  readonly onError?: ((error: StreamError) => void) | undefined
  /** The server said that there is no more. Comes after the last event. */
  readonly onComplete?: (() => void) | undefined
  readonly onStateChange?: ((change: StateChange) => void) | undefined
  /** A link is up. */
  readonly onOpen?: (() => void) | undefined
  /** Events were lost; comes in their place among the others. */
  readonly onGap?: ((gap: Gap) => unknown) | undefined
  readonly onComment?: ((comment: string) => void) | undefined
  /** An event that could not be used (`PARSE`, `SCHEMA`, `EVENT_TOO_LARGE`) and was skipped. Default: `onError`. */
  readonly onInvalid?: ((error: StreamError, event: RawEvent) => void) | undefined
}

export const handlerNames = [
  'onData',
  'onError',
  'onComplete',
  'onStateChange',
  'onOpen',
  'onGap',
  'onComment',
  'onInvalid',
] as const satisfies readonly (keyof StreamHandlers<unknown>)[]

/**
 * Marks the promise of a handler that found nobody to hand on to what it was given: that is not handled, and the handler
 * gets it again once the promise has settled. A name, as another copy of this module is to know it, too.
 */
export const absent = 'steadystream.absent'
