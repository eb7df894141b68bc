import type { TabApis } from '../../src/env.ts'
import type { Clock } from '../../src/index.ts'

/** One tab of a browser that is played: it may be frozen, or gone. */
export interface PlayedTab {
  readonly name: string
  readonly apis: TabApis
  /** Its timers stand still with it. */
  readonly clock: Clock
  readonly state: 'alive' | 'frozen' | 'dead'
  /** Does something in it: later where it is frozen, never where it is dead. */
  run(act: () => void): void
  /** Without a word to the page, as a debugger or a busy loop does it. */
  freeze(): void
  thaw(): void
  /** Ends it as a crash does. */
  kill(): void
}

/** Tabs of one origin, with their locks and channels, on a clock that is given. */
export interface TabWorld {
  open(name: string): PlayedTab
  /** Who has a lock, or is about to. */
  readonly holder: PlayedTab | undefined
  /** Locks that are held or asked for, and channels that are open. */
  left(): { readonly locks: number; readonly channels: number }
}

interface Ask {
  readonly tab: PlayedTab
  readonly hold: () => Promise<unknown>
  readonly settle: { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void }
}

interface Mouth {
  readonly tab: PlayedTab
  readonly name: string
  readonly channel: { onmessage: ((message: MessageEvent) => unknown) | null }
  /** When the last message to it arrives: the next one comes no sooner. */
  lastAt: number
}

/**
 * @param delay milliseconds that a message or a lock takes
 * @param own the clock that tabs are given
 */
export function createTabWorld(clock: Clock, delay: () => number = () => 1, own = clock): TabWorld {
  const queues = new Map<string, Ask[]>()
  const held = new Map<string, Ask>()
  const mouths = new Set<Mouth>()

  function next(name: string): void {
    const ask = held.has(name) ? undefined : queues.get(name)?.shift()
    if (ask) grant(name, ask)
  }

  function grant(name: string, ask: Ask): void {
    held.set(name, ask)
    const release = () => {
      if (held.get(name) !== ask) return
      held.delete(name)
      next(name)
    }
    clock.after(delay(), () =>
      ask.tab.run(() => {
        if (held.get(name) !== ask) return
        void ask.hold().then((value) => {
          release()
          ask.settle.resolve(value)
        })
      }),
    )
  }

  const abortError = () => new DOMException('taken', 'AbortError')

  function locksOf(tab: PlayedTab): TabApis['locks'] {
    const request = (name: string, { steal, signal }: LockOptions, hold: () => Promise<unknown>) =>
      new Promise<unknown>((resolve, reject) => {
        const ask: Ask = { tab, hold, settle: { resolve, reject } }
        const queue = queues.get(name) ?? []
        queues.set(name, queue)
        if (steal) {
          const former = held.get(name)
          if (former) former.tab.run(() => former.settle.reject(abortError()))
          held.delete(name)
          return grant(name, ask)
        }
        queue.push(ask)
        signal?.addEventListener('abort', () => {
          const at = queue.indexOf(ask)
          if (at < 0) return
          queue.splice(at, 1)
          reject(abortError())
        })
        next(name)
      })
    // The overloads that are not used here are not played.
    return { request: request as unknown as LockManager['request'] }
  }

  function channelsOf(tab: PlayedTab): TabApis['BroadcastChannel'] {
    return class {
      readonly #mouth: Mouth
      onmessage: ((message: MessageEvent) => unknown) | null = null
      constructor(name: string) {
        this.#mouth = { tab, name, channel: this, lastAt: 0 }
        mouths.add(this.#mouth)
      }
      postMessage(message: unknown): void {
        if (tab.state === 'dead') return
        if (!mouths.has(this.#mouth)) throw new DOMException('closed', 'InvalidStateError')
        const data: unknown = structuredClone(message)
        for (const mouth of mouths) {
          if (mouth === this.#mouth || mouth.name !== this.#mouth.name) continue
          mouth.lastAt = Math.max(mouth.lastAt, clock.now() + delay())
          clock.after(mouth.lastAt - clock.now(), () =>
            mouth.tab.run(() => {
              if (mouths.has(mouth)) mouth.channel.onmessage?.({ data } as MessageEvent)
            }),
          )
        }
      }
      close(): void {
        mouths.delete(this.#mouth)
      }
    }
  }

  function bury(tab: PlayedTab): void {
    for (const mouth of mouths) if (mouth.tab === tab) mouths.delete(mouth)
    for (const [name, queue] of queues)
      queues.set(
        name,
        queue.filter((ask) => ask.tab !== tab),
      )
    for (const [name, ask] of held)
      if (ask.tab === tab) {
        held.delete(name)
        next(name)
      }
  }

  return {
    open(name) {
      let state: PlayedTab['state'] = 'alive'
      // What is overdue comes first, though it was due later.
      const overdue: (() => void)[] = []
      const waiting: (() => void)[] = []
      const tab: PlayedTab = {
        name,
        get state() {
          return state
        },
        run(act) {
          if (state === 'alive') act()
          else if (state === 'frozen') waiting.push(act)
        },
        freeze() {
          if (state === 'alive') state = 'frozen'
        },
        thaw() {
          if (state !== 'frozen') return
          state = 'alive'
          for (let act; state === 'alive' && (act = overdue.shift() ?? waiting.shift());) act()
        },
        kill() {
          state = 'dead'
          bury(tab)
        },
        clock: {
          ...own,
          after(ms, act) {
            let isOff = false
            const late = () => isOff || act()
            const cancel = own.after(ms, () => (state === 'frozen' ? overdue.push(late) : tab.run(late)))
            return () => {
              isOff = true
              cancel()
            }
          },
        },
        get apis() {
          return apis
        },
      }
      const apis: TabApis = { locks: locksOf(tab), BroadcastChannel: channelsOf(tab) }
      return tab
    },
    get holder() {
      return [...held.values()][0]?.tab
    },
    left: () => ({
      locks: held.size + [...queues.values()].reduce((sum, { length }) => sum + length, 0),
      channels: mouths.size,
    }),
  }
}
