import { createEnhancedSSEStream } from '@steadystream/core'

import { useStore } from './use-store.ts'

import type { Link } from '@steadystream/core/store'
import type { ReducedStreamHookOptions, Selecting, StoreOptions, StreamHookOptions } from './hook-options.ts'
import type { Open } from './use-store.ts'

/** What {@link useStream} returns; the same object until something changes. */
export interface StreamView<S, State = S> extends Link {
  /** What the events so far were reduced to, or what is selected of that. */
  readonly data: S
  /** Starts again after `disconnect()`, completion or giving up, from the last event. */
  readonly connect: () => void
  /** Ends the stream, for every component that shares it; `data` stays. */
  readonly disconnect: () => void
  /** Changes the state for every component that shares it, as an event does. */
  readonly update: (change: (state: State) => State) => void
}

const open: Open = (handlers, { url, ...config }) => createEnhancedSSEStream(url ?? '', handlers, config)

/**
 * Connects a component to a stream over server-sent events while it is mounted. Components with equal options share one
 * connection and one state, and a remount within a second loses nothing. Connects to nothing while rendering on a server.
 * @param options `null`, or a `url` of `null`, for none
 */
export function useStream<T, S, U>(options: ReducedStreamHookOptions<T, S> & Selecting<S, U>): StreamView<U, S>
export function useStream<T, S>(options: ReducedStreamHookOptions<T, S>): StreamView<S>
export function useStream<T, S>(options: ReducedStreamHookOptions<T, S> | null): StreamView<S | undefined>
export function useStream<T, U>(
  options: StreamHookOptions<T> & Selecting<T | undefined, U>,
): StreamView<U, T | undefined>
export function useStream<T = unknown>(options: StreamHookOptions<T> | null): StreamView<T | undefined>
export function useStream(given: StoreOptions | null): unknown {
  const options = given ?? {}
  const { url, method, body } = options
  // A function gives another value at each attempt, and is another one at each render: it says nothing.
  const what = [url, method, body].map((value) => typeof value !== 'function' && value)
  return useStore(url && what, options, open)
}
