import { createEnhancedSSEStream, streamManager } from '@steadystream/core'

import { after } from './env.ts'
import { configOf, shareKeyOf } from './identity.ts'
import { createStreamStore } from './store.ts'

import type { ReducedStreamHookOptions, StreamHookOptions } from './hook-options.ts'
import type { StoreDefinition, StreamSnapshot, StreamStore } from './store.ts'

/** What a component holds: the store of its stream, if there is one, and how to make it when there has to be. */
export interface SharedStore<T, S> extends Omit<StreamStore<T, S>, 'watch'> {
  /** What a server renders, and a browser before it connects. */
  readonly idle: StreamSnapshot<S>
  /** `latest` gives the options of the component's latest render, as long as they are for this store. */
  watch(changed: () => void, latest: Latest<T>): () => void
}

type Latest<T> = () => StreamHookOptions<T> | undefined

const defaultLingerMs = 1000

const stores = new Map<string, StreamStore<unknown, unknown>>()

/** The store that is found under the options, or will be made under them when it is first watched. Opens nothing. */
export function sharedStore<T, S>(options: ReducedStreamHookOptions<T, S>): SharedStore<T, S> {
  const { manager = streamManager, url, initial, autoStart = true } = options
  const idle: StreamSnapshot<S> = {
    data: initial,
    error: undefined,
    state: url != null && autoStart ? 'connecting' : 'disconnected',
    isConnected: false,
  }
  const key = shareKeyOf(options, options.reduce, manager)
  // The key holds the reducer's identity, and so its types.
  const find = () => stores.get(key) as StreamStore<T, S> | undefined
  return {
    idle,
    getSnapshot: () => find()?.getSnapshot() ?? idle,
    watch(changed, latest) {
      const store = find() ?? createStreamStore(definitionOf(options, latest, idle, () => stores.delete(key)))
      const leave = store.watch({ changed, handlers: latest })
      stores.set(key, store)
      return leave
    },
    connect: () => find()?.connect(),
    disconnect: () => find()?.disconnect(),
  }
}

function definitionOf<T, S>(
  options: ReducedStreamHookOptions<T, S>,
  latest: Latest<T>,
  initial: StreamSnapshot<S>,
  onEnd: () => void,
): StoreDefinition<T, S> {
  const { reduce, clock, linger: lingerMs = defaultLingerMs } = options
  return {
    initial,
    reduce,
    lingerMs,
    onEnd,
    after: clock ? (ms, callback) => clock.after(ms, callback) : after,
    open: (handlers, signal) =>
      createEnhancedSSEStream<T>(fresh('url', options, latest) ?? '', handlers, {
        ...configOf(options),
        manager: options.manager,
        headers: fresh('headers', options, latest),
        body: fresh('body', options, latest),
        signal,
      }),
  }
}

/** A function is asked as the latest render has it, so that a token which it closes over is today's. */
function fresh<Name extends 'url' | 'headers' | 'body', T>(
  name: Name,
  options: StreamHookOptions<T>,
  latest: Latest<T>,
): StreamHookOptions<T>[Name] {
  if (typeof options[name] !== 'function') return options[name]
  const ask = () => {
    const value = (latest() ?? options)[name]
    return typeof value === 'function' ? value() : value
  }
  // The three options differ in their values only, which pass through.
  return ask as StreamHookOptions<T>[Name]
}
