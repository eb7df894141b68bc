import { useCallback, useInsertionEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'

import { identityOf } from './identity.ts'
import { sharedStore } from './shared-store.ts'

import type { ReducedStreamHookOptions, StreamHookOptions } from './hook-options.ts'
import type { StreamSnapshot } from './store.ts'

/** What {@link useStream} returns; the same object until something changes. */
export interface StreamView<S> extends StreamSnapshot<S> {
  /** Starts again after `disconnect()`, completion or giving up, from the last event. */
  readonly connect: () => void
  /** Ends the stream, for every component that shares it; `data` stays. */
  readonly disconnect: () => void
}

const latestData = <T>(_: T | undefined, data: T) => data

/**
 * Connects a component to a stream over server-sent events while it is mounted. Components with equal options share one
 * connection and one state, and a remount within a second loses nothing. Connects to nothing while rendering on a server.
 * @param options `null`, or a `url` of `null`, for none
 */
export function useStream<T, S>(options: ReducedStreamHookOptions<T, S>): StreamView<S>
export function useStream<T, S>(options: ReducedStreamHookOptions<T, S> | null): StreamView<S | undefined>
export function useStream<T = unknown>(options: StreamHookOptions<T> | null): StreamView<T | undefined>
export function useStream<T>(given: StreamHookOptions<T> | null): StreamView<T | undefined> {
  const options: ReducedStreamHookOptions<T, T | undefined> = {
    reduce: latestData,
    initial: undefined,
    ...(given ?? { url: null }),
  }
  const identity = identityOf(options)
  const latest = useRef({ identity, options })
  const create = () => ({ identity, store: sharedStore(options) })
  const [held, hold] = useState(create)
  let { store } = held
  if (held.identity !== identity) {
    // In the same render: not one frame shows the old stream's data.
    const next = create()
    hold(next)
    store = next.store
  }
  useInsertionEffect(() => {
    latest.current = { identity, options }
  })
  const watch = useCallback(
    (changed: () => void) => {
      if (identity === null) return () => {}
      // Between a commit and its effects, an event of the old stream finds the new one's handlers: not for it.
      return store.watch(changed, () => (latest.current.identity === identity ? latest.current.options : undefined))
    },
    [store, identity],
  )
  const snapshot = useSyncExternalStore(watch, store.getSnapshot, () => store.idle)
  return useMemo(() => ({ ...snapshot, connect: store.connect, disconnect: store.disconnect }), [snapshot, store])
}
