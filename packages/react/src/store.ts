import { createAudience } from './audience.ts'
import { createBatch } from './batch.ts'

import type { ConnectionState, EventMeta, Stream, StreamError, StreamHandlers } from '@steadystream/core'
import type { Audience, Watcher } from './audience.ts'

/** What components see of a stream. A new object for each change, and the same one in between. */
export interface StreamSnapshot<S> {
  /** What the events so far were reduced to. */
  readonly data: S
  /** The last failure; `undefined` again once the stream is connected. */
  readonly error: StreamError | undefined
  readonly state: ConnectionState
  readonly isConnected: boolean
}

export interface StreamStore<T, S> {
  getSnapshot(): StreamSnapshot<S>
  /** The first one opens the stream; the last one to leave closes it, once it has lingered. */
  watch(watcher: Watcher<T>): () => void
  /** Starts the stream again after it has ended, from its last event. */
  connect(): void
  /** Ends the stream for everyone who watches it; what it brought stays. */
  disconnect(): void
}

export interface StoreDefinition<T, S> {
  readonly initial: StreamSnapshot<S>
  readonly reduce: (state: S, data: T, meta: EventMeta) => S
  /** Opens the stream, which ends at once when `signal` aborts. */
  readonly open: (handlers: StreamHandlers<T>, signal: AbortSignal) => Stream<T>
  readonly lingerMs: number
  readonly after: (ms: number, callback: () => void) => () => void
  /** The store is over: nobody came back while it lingered. */
  readonly onEnd: () => void
}

/**
 * A stream and the state that its events are reduced to, shared by all who watch. It opens nothing until someone does,
 * and holds what comes back while nobody is there to handle it: a remount goes on where the unmount left off.
 */
export function createStreamStore<T, S>({
  initial,
  reduce,
  open,
  lingerMs,
  after,
  onEnd,
}: StoreDefinition<T, S>): StreamStore<T, S> {
  const audience = createAudience<T>()
  const abort = new AbortController()
  let current = initial
  let snapshot = initial
  let stream: Stream<T> | undefined
  let cancelLinger: (() => void) | undefined

  const batch = createBatch(after, () => {
    snapshot = current
    audience.changed()
  })

  function update(change: Partial<StreamSnapshot<S>>): void {
    current = { ...current, ...change }
    if (audience.size > 0) batch.request()
    else snapshot = current
  }

  function act(change: (stream: Stream<T>) => void): void {
    if (!stream) return
    change(stream)
    // A stream that had not started yet tells of no change when it is closed.
    update({ state: stream.state })
  }

  const handlers = handlersFor(audience, update, (data, meta) => update({ data: reduce(current.data, data, meta) }))

  return {
    getSnapshot: () => snapshot,
    watch(watcher) {
      // First of all, since it throws for a wrong option.
      stream ??= open(handlers, abort.signal)
      cancelLinger?.()
      audience.add(watcher)
      return () => {
        if (!audience.remove(watcher) || audience.size > 0) return
        batch.cancel()
        snapshot = current
        cancelLinger = after(lingerMs, () => {
          abort.abort()
          onEnd()
        })
      }
    },
    connect: () => act((existing) => existing.start()),
    disconnect: () => act((existing) => existing.close()),
  }
}

function handlersFor<T>(
  { tell }: Audience<T>,
  update: (change: Partial<StreamSnapshot<never>>) => void,
  take: (data: T, meta: EventMeta) => void,
): StreamHandlers<T> {
  const forward =
    (name: 'onGap' | 'onComplete' | 'onComment' | 'onOpen' | 'onError' | 'onStateChange') => (value?: unknown) =>
      // Each name is forwarded to the handler of that name, whose argument it is.
      tell((handlers) => handlers[name]?.(value as never))
  return {
    onData: (data, meta) =>
      tell(
        ({ onData }) => onData?.(data, meta),
        () => take(data, meta),
      ),
    onInvalid: (error, event) =>
      tell(
        ({ onInvalid, onError }) => (onInvalid ? onInvalid(error, event) : onError?.(error)),
        () => update({ error }),
      ),
    onGap: forward('onGap'),
    onComplete: forward('onComplete'),
    onComment: forward('onComment'),
    onOpen: forward('onOpen'),
    onError(error) {
      update({ error })
      return forward('onError')(error)
    },
    onStateChange(change) {
      const { state } = change
      const isConnected = state === 'connected'
      update(isConnected ? { state, isConnected, error: undefined } : { state, isConnected })
      return forward('onStateChange')(change)
    },
  }
}
