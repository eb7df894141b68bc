import { callAll } from './call-all.ts'

import type { StreamHandlers } from '@steadystream/core'

export type ComponentHandlers<T> = Omit<StreamHandlers<T>, 'events'>

/** One component at a store. */
export interface Watcher<T> {
  /** The snapshot is another one. */
  changed(): void
  /** Asked at each event, so that the handlers of the latest render are called. */
  handlers(): ComponentHandlers<T> | undefined
}

export interface Audience<T> {
  readonly size: number
  add(watcher: Watcher<T>): void
  /** @returns whether it was there. */
  remove(watcher: Watcher<T>): boolean
  changed(): void
  /**
   * Calls `before`, then a handler of each component. While nobody is there both wait for somebody; the result is then a
   * promise, by which the stream knows to wait, too.
   */
  tell(call: (handlers: ComponentHandlers<T>) => unknown, before?: () => void): unknown
}

/** The components at a store, to whom everything that comes is told in order, also if there is nobody for a while. */
export function createAudience<T>(): Audience<T> {
  const watchers = new Set<Watcher<T>>()
  let somebody: Promise<void> | undefined
  let welcome: (() => void) | undefined

  function tell(call: (handlers: ComponentHandlers<T>) => unknown, before?: () => void): unknown {
    if (watchers.size === 0) {
      somebody ??= new Promise((resolve) => (welcome = resolve))
      return somebody.then(() => tell(call, before))
    }
    const calls = [...watchers].map((watcher) => () => call(watcher.handlers() ?? {}))
    return callAll(before ? [before, ...calls] : calls)
  }

  return {
    get size() {
      return watchers.size
    },
    add(watcher) {
      watchers.add(watcher)
      welcome?.()
      somebody = undefined
    },
    remove: (watcher) => watchers.delete(watcher),
    changed() {
      for (const { changed } of [...watchers]) changed()
    },
    tell,
  }
}
