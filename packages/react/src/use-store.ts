import { streamManager } from '@steadystream/core'
import { asking, identify, sharedStore, viewer } from '@steadystream/core/store'
import { createContext, useContext, useMemo, useState, useSyncExternalStore } from 'react'

import { useLatest } from './latest.ts'

import type { ChannelClient, Clock, StreamHandlers, StreamManager } from '@steadystream/core'
import type { Feed, SharedStore, Show, Source } from '@steadystream/core/store'
import type { StoreOptions } from './hook-options.ts'

/** What a provider gives to the hooks below. */
export const StreamContext = /* @__PURE__ */ createContext<{
  readonly manager: StreamManager
  readonly clock?: Clock | undefined
  readonly channels?: ChannelClient | undefined
}>({ manager: streamManager })

/** What becomes of a store for a component: first of what it can do, which stays, then of what is in it. */
export type Present = (store: SharedStore<unknown>) => Show<object>

/** Opens what a store is fed by. Functions that are asked for something (`headers`) are those of whoever still watches. */
export type Open = (handlers: StreamHandlers<unknown>, options: OpenOptions, feed: Feed) => Source

export interface OpenOptions extends StoreOptions {
  readonly manager: StreamManager
}

/**
 * What every hook stands on: a store that lives as long as components are there, shared by those that mean the same.
 * @param what what the stream is; another one is switched to in the same render. What is falsy is none
 */
export function useStore(what: unknown, given: StoreOptions, open: Open, present: Present = presentStream): object {
  const inherited = useContext(StreamContext)
  const { manager = inherited.manager, key = what, enabled = true, select = everything } = given
  const options = { clock: inherited.clock, ...given, manager }
  const identity = what && enabled ? identify([key, manager]) : ''
  const latest = useLatest({ identity, options })
  const create = () => {
    // Between a commit and its effects, an event of the old stream finds the new one's handlers: it waits for its own.
    const handlers = () => (latest.current.identity === identity ? latest.current.options : undefined)
    const store = storeFor(identity, options, open)
    return {
      identity,
      store,
      watch: (changed: () => void) => (identity ? store.watch({ changed, handlers }) : () => {}),
    }
  }
  const [held, hold] = useState(create)
  let shown = held
  if (held.identity !== identity) {
    // In the same render: not one frame shows the old stream's data.
    shown = create()
    hold(shown)
  }
  const { store, watch } = shown
  const [view, idle] = useMemo(() => viewer(store, present(store)), [store, present])
  // It was written for what is in this store.
  const selecting = select as (state: unknown) => unknown
  return useSyncExternalStore(
    watch,
    () => view(selecting),
    () => idle(selecting),
  )
}

/** What is shown of a stream. */
export const presentStream: Present =
  ({ connect, disconnect, update }) =>
  (link, data) => ({ ...link, data, connect, disconnect, update })

const latestData = (_: unknown, data: unknown) => data
const everything = (state: unknown) => state

function storeFor(
  identity: string,
  { key, enabled: _, reduce = latestData, initial, select: __, ...rest }: OpenOptions,
  open: Open,
): SharedStore<unknown> {
  // Without handlers, which are optional.
  const options = Object.fromEntries(Object.entries(rest).filter(([name]) => !/^on[A-Z]/.test(name))) as typeof rest
  return sharedStore<unknown, unknown>(identify([identity, reduce, key ?? options]), {
    ...rest,
    initial,
    // What comes, and what it makes of it, is as the reducer says.
    reduce: reduce as () => unknown,
    autoStart: !!identity && rest.autoStart !== false,
    open: (handlers, signal, feed) =>
      open(handlers, { ...asking(options, feed.latest, /^(url|headers|body|protocols|getState)$/), signal }, feed),
  })
}
