import { processWide } from '../env.ts'
import { createStreamStore, idleSnapshot } from './stream-store.ts'

import type { Snapshot, StoreDefinition, StreamStore } from './stream-store.ts'

/** A store that may not be there yet, or any more: then it does nothing, and shows the state before the first event. */
export interface SharedStore<S> extends StreamStore<S> {
  /** What is seen before there is a stream: what a server renders. */
  getIdle(): Snapshot<S>
}

/**
 * The store under this key, which the first one to watch it makes as `define` says. Nothing is made, or kept, before.
 * @param key where it is shared: definitions of equal keys must be of one kind
 * @param define `undefined` for a store of which nothing comes
 */
export function sharedStore<T, S>(key: string, definition: StoreDefinition<T, S>): SharedStore<S> {
  const stores = processWide('stores', () => new Map<string, unknown>())
  const idle = idleSnapshot(definition.initial, definition.autoStart !== false)
  // The key stands for the types.
  const find = () => stores.get(key) as StreamStore<S> | undefined
  // A component's effects run after those of what is in it, which may ask for something already.
  let early: 'connect' | 'disconnect' | undefined
  const act = (name: 'connect' | 'disconnect') => {
    const store = find()
    if (store) store[name]()
    else early = name
  }
  return {
    getIdle: () => idle,
    getSnapshot: () => find()?.getSnapshot() ?? idle,
    watch(watcher) {
      const store = find() ?? createStreamStore(definition, () => stores.delete(key))
      const leave = store.watch(watcher)
      stores.set(key, store)
      if (early) store[early]()
      early = undefined
      return leave
    },
    connect: () => act('connect'),
    disconnect: () => act('disconnect'),
    send: (...args) => find()?.send(...args),
    update: (change) => find()?.update(change),
  }
}
