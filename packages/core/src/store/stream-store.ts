import { nextFrame, systemClock } from '../env.ts'
import { absent, handlerNames } from '../handlers.ts'
import { guard } from '../subscription.ts'
import { callAll } from './call-all.ts'
import { identify } from './identify.ts'

import type { Clock } from '../env.ts'
import type { StreamError } from '../errors.ts'
import type { StreamHandlers } from '../handlers.ts'
import type { Stream } from '../open-stream.ts'

/** What is known of a store's stream. */
export interface Link {
  readonly state: Stream<unknown>['state']
  readonly isConnected: boolean
  /** The last failure; `undefined` again once the stream is connected. */
  readonly error: StreamError | undefined
  /** Name of the transport in use (`sse`); `undefined` before the first attempt. */
  readonly transport: string | undefined
}

/** What is seen of a store. It, and what is in it, are the same objects until they change. */
export interface Snapshot<S> {
  /** What the events so far were reduced to. */
  readonly data: S
  readonly link: Link
}

/** What a store is fed by: a stream, or a subscription to a channel. */
export interface Source extends Pick<Stream<unknown>, 'state' | 'start' | 'close'> {
  send?(...args: readonly never[]): unknown
}

/** One who watches a store. */
export interface Watcher {
  /** The snapshot is another one. */
  readonly changed: () => void
  /** Asked at each event for the handlers that are to be told of it; `undefined` from one who is about to leave. */
  readonly handlers: () => object | undefined
}

export interface StreamStore<S> {
  getSnapshot(): Snapshot<S>
  /** The first one opens the source; the last one to leave ends it, once it has lingered. */
  watch(watcher: Watcher): () => void
  /** Starts the source again after it has ended. */
  connect(): void
  /** Ends the source for everyone who watches; what it brought stays. Where nobody does, the next one starts it again. */
  disconnect(): void
  send(...args: readonly never[]): unknown
  /** Changes the state, as an event does. */
  update(change: (state: S) => S): void
  /** Ends it for good, if nobody watches. */
  end(): void
}

/** What else a source may need of its store. */
export interface Feed extends Pick<StreamStore<unknown>, 'update'> {
  /** Makes the handler of this name, which tells the store and those who watch. */
  readonly hear: (name: string) => (...args: readonly unknown[]) => unknown
  /** The handlers of one who watches, or did last. */
  readonly latest: () => object | undefined
}

export interface StoreDefinition<T, S> {
  /** The state before the first event. */
  readonly initial: S
  readonly reduce: (state: S, data: T, meta: never) => S
  /** Opens the source, which ends at once when `signal` aborts. */
  readonly open: (handlers: StreamHandlers<T>, signal: AbortSignal, feed: Feed) => Source
  /** Whether the source starts by itself. Default `true`. */
  readonly autoStart?: boolean | undefined
  /** Milliseconds for which the source stays open after the last one has left. Default 1,000. */
  readonly linger?: number | undefined
  readonly clock?: Clock | undefined
  /** Of the stream in its manager, where no two may have the same. */
  readonly id?: string | undefined
  readonly manager?: object | undefined
}

/** Whether handlers of this name are told at once: `onError`, `onStateChange`, `onOpen`, `onSubscribed`. */
const isAhead = (name: string) => /^on[ESO]/.test(name)

/** Before there is a source. */
export const idleSnapshot = <S>(data: S, starts: boolean): Snapshot<S> => ({
  data,
  link: {
    state: starts ? 'connecting' : 'disconnected',
    isConnected: false,
    error: undefined,
    transport: undefined,
  },
})

/**
 * A source and the state that its events are reduced to, shared by all who watch. It opens nothing until someone does,
 * and holds what comes back while nobody is there to handle it: who comes back goes on where he left off.
 * @param onEnd it is over: nobody came back while it lingered, or another needs its id
 */
export function createStreamStore<T, S>(
  { initial, reduce, open, autoStart = true, linger = 1000, clock = systemClock }: StoreDefinition<T, S>,
  onEnd: () => void,
): StreamStore<S> {
  const watchers = new Set<Watcher>()
  let last: Watcher | undefined
  const abort = new AbortController()
  let current = idleSnapshot(initial, autoStart)
  let published = current
  let source: Source | undefined
  let cancelFrame: (() => void) | undefined
  let cancelLinger: (() => void) | undefined
  let somebody: PromiseLike<void> | undefined
  const waiting: (() => unknown)[] = []
  let welcome = () => {}
  let wasLeft = false

  function publish(): void {
    cancelFrame = undefined
    published = current
    for (const { changed } of [...watchers]) guard(changed)
  }
  function set(change: Partial<Snapshot<S>>): void {
    current = { ...current, ...change }
    // Seen when the next one comes, else with the next frame: a burst of events is to be a few renders.
    if (!watchers.size) return
    // A busy page has long frames: no second publication in one of them.
    cancelFrame ??= clock === systemClock ? nextFrame(clock, publish, 1000) : clock.after(16, publish)
  }
  function setLink(change: Partial<Link>): void {
    const changed = { ...current.link, ...change }
    const link = { ...changed, isConnected: changed.state === 'connected' }
    // An effect that depends on what is shown, and starts what runs already, is not to be run again by that.
    if (identify(link) !== identify(current.link)) set({ link })
  }
  const update = (change: (state: never) => unknown) =>
    // Whoever changes the state knows what it is.
    set({ data: change(current.data as never) as S })
  const own: StreamHandlers<T> = {
    onData: (data, meta) => set({ data: reduce(current.data, data, meta as never) }),
    onError: (error) => setLink({ error }),
    onStateChange: ({ state, transport }) =>
      setLink({ state, transport, ...(state === 'connected' && { error: undefined }) }),
  }

  /** While nobody is there, what is in hand stays there, and what comes ahead of the events waits here. */
  function tell(name: string, args: readonly unknown[]): unknown {
    const all = [...watchers].map(({ handlers }) => handlers()).filter(Boolean)
    if (all.length) return callAll(isAhead(name) ? all : [own, ...all], name, args)
    if (isAhead(name)) return void waiting.push(() => tell(name, args))
    return (somebody ??= Object.assign(new Promise<void>((resolve) => (welcome = resolve)), { [absent]: true }))
  }
  const hear: Feed['hear'] =
    (name) =>
    (...args) => {
      // The rest waits for somebody, so that what it leads to is not seen before.
      if (isAhead(name)) callAll([own], name, args)
      return tell(name, args)
    }
  function act(name: 'start' | 'close'): void {
    source?.[name]()
    // A stream that had not started yet tells of no change when it is closed.
    if (source) setLink({ state: source.state })
  }
  function start(): void {
    wasLeft = false
    act('start')
  }
  function end(): void {
    if (watchers.size) return
    cancelLinger?.()
    abort.abort()
    onEnd()
  }

  return {
    // Whoever comes first sees what came while nobody was there; who comes late, what the others see.
    getSnapshot: () => (watchers.size ? published : current),
    watch(watcher) {
      // First of all, since it throws for a wrong option.
      source ??= open(Object.fromEntries(handlerNames.map((name) => [name, hear(name)])), abort.signal, {
        hear,
        update,
        latest: () => ([...watchers].at(-1) ?? last)?.handlers(),
      })
      cancelLinger?.()
      if (!watchers.size) published = current
      watchers.add(watcher)
      welcome()
      somebody = undefined
      // At once: what is done by somebody who comes is not to overtake it.
      for (const announce of waiting.splice(0)) announce()
      if (wasLeft && autoStart) start()
      return () => {
        if (!watchers.delete(watcher) || watchers.size) return
        last = watcher
        cancelFrame?.()
        cancelFrame = undefined
        cancelLinger = clock.after(linger, end)
      }
    },
    connect: start,
    disconnect() {
      // A component that tidies up as it goes: whoever comes next is to find what starts by itself.
      wasLeft = !watchers.size
      act('close')
    },
    send: (...args) => source?.send?.(...args),
    update,
    end,
  }
}
