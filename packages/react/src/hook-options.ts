import type { EnhancedStreamConfig, EventMeta, Provided, StreamHandlers, WebSocketOptions } from '@steadystream/core'

/** The handlers of a stream that a component may have; for events by name there is `reduce`. */
export type ComponentHandlers<T> = Omit<StreamHandlers<T>, 'events'>

/** What hooks take besides the options of a stream. */
export interface SharingOptions {
  /** Default `true`; `false` connects to nothing, and shows the state before the first event. */
  readonly enabled?: boolean | undefined
  /**
   * Says what the stream is, in the place of its URL, method, body or parameters. Components with equal keys and reducers
   * share one stream, whatever their other options: put into it who the user is, where that matters.
   */
  readonly key?: string | undefined
}

/**
 * Options of {@link useStream}: a stream's, with its URL and its handlers. Only another `url`, `method`, `body`, `key` or
 * `manager` leads to another stream. Handlers, and functions for `url`, `headers` and `body`, are those of the latest
 * render; every other option is that of the render which opened the stream.
 */
export interface StreamHookOptions<T>
  extends Omit<EnhancedStreamConfig<T>, 'signal'>, ComponentHandlers<T>, SharingOptions {
  /** Nothing is connected to while it is `null` or `undefined`. */
  readonly url: Provided<string | URL> | null | undefined
}

/** {@link StreamHookOptions} for a state that grows with each event. */
export interface ReducedStreamHookOptions<T, S> extends StreamHookOptions<T> {
  /** Pure. Components share the state only if they pass the same function: define it outside of them. */
  readonly reduce: (state: S, data: T, meta: EventMeta) => S
  /** The state before the first event. */
  readonly initial: S
}

/** For components that show a part of the state. */
export interface Selecting<S, U> {
  /** What of the state becomes `data`: the component renders again only if that is another value, by `Object.is`. */
  readonly select: (state: S) => U
}

/** Options of any hook, as far as their store knows them. */
export interface StoreOptions extends Omit<EnhancedStreamConfig<unknown>, 'signal'>, SharingOptions {
  readonly url?: StreamHookOptions<unknown>['url']
  readonly protocols?: WebSocketOptions['protocols']
  readonly signal?: AbortSignal
  readonly reduce?: (state: never, data: never, meta: never) => unknown
  readonly initial?: unknown
  readonly select?: ((state: never) => unknown) | undefined
}
