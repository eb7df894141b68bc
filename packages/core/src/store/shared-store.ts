import { processWide } from '../env.ts'
import { createStreamStore, idleSnapshot } from './stream-store.ts'

import type { Snapshot, StoreDefinition, StreamStore } from './stream-store.ts'

/** A store that may not be there yet, or any more: then it does nothing, and shows the state before the first event. */
export interface SharedStore<S> extends Omit<StreamStore<S>, 'end'> {
  /** What is seen before there is a stream: what a server renders. */
  getIdle(): Snapshot<S>
}

type Entry = readonly [
  store: Pick<StreamStore<never>, 'end'>,
  definition: Pick<StoreDefinition<never, never>, 'id' | 'manager'>,
]

/**
 * The store under this key, which the first one to watch it makes as `definition` says. Nothing is made, or kept, before.
 * @param key where it is shared: definitions of equal keys must be of one kind
 */
export function sharedStore<T, S>(key: string, definition: StoreDefinition<T, S>): SharedStore<S> {
  const stores = processWide('stores', () => new Map<string, Entry>())
  const idle = idleSnapshot(definition.initial, definition.autoStart !== false)
  // The key stands for the types.
  const find = () => stores.get(key)?.[0] as StreamStore<S> | undefined
  const make = () => {
    const { id, manager } = definition
    // An id is free once the stream that had it, and only lingers, has ended.
    for (const [other, its] of [...stores.values()]) if (id && its.id === id && its.manager === manager) other.end()
    return createStreamStore(definition, () => stores.delete(key))
  }
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
      const store = find() ?? make()
      const leave = store.watch(watcher)
      stores.set(key, [store, definition])
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
