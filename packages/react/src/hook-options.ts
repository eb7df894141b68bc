import type { EnhancedStreamConfig, EventMeta, Provided } from '@steadystream/core'
import type { ComponentHandlers } from './audience.ts'

/**
 * Options of {@link useStream}: a stream's, with its URL and its handlers. Only another `url`, `method`, `body`, `key` or
 * `manager` leads to another stream. Handlers, and functions for `url`, `headers` and `body`, are those of the latest
 * render; every other option is that of the render which opened the stream.
 */
export interface StreamHookOptions<T> extends Omit<EnhancedStreamConfig<T>, 'signal'>, ComponentHandlers<T> {
  /** Nothing is connected to while it is `null` or `undefined`. */
  readonly url: Provided<string | URL> | null | undefined
  /**
   * Says what the stream is, in the place of `url`, `method` and `body`. Components with equal keys and reducers share
   * one stream, whatever their other options: put into it who the user is, where that matters.
   */
  readonly key?: string | undefined
}

/** {@link StreamHookOptions} for a state that grows with each event. */
export interface ReducedStreamHookOptions<T, S> extends StreamHookOptions<T> {
  /** Pure. Components share the state only if they pass the same function: define it outside of them. */
  readonly reduce: (state: S, data: T, meta: EventMeta) => S
  /** The state before the first event. */
  readonly initial: S
}
