import { processWide, systemClock } from './env.ts'
import { iterate } from './iterate.ts'
import { connectionDefaults } from './options.ts'
import { poolKeyOf } from './pool-key.ts'
import { recall } from './recall.ts'
import { noStats } from './stats.ts'
import { createSharedStream, dispatch, roomChanged, statsOf } from './stream.ts'
import { createSubscription } from './subscription.ts'

import type { StateChange, StreamEvent, StreamHandlers } from './handlers.ts'
import type { ConnectionState } from './machine.ts'
import type { ConnectionSettings, StreamConfig } from './options.ts'
import type { Pool, Pooled } from './pool.ts'
import type { StreamStats } from './stats.ts'
import type { Subscription } from './subscription.ts'
import type { Transport } from './transports/transport.ts'

/** A live subscription. It outlives its connections, and may share them with equal streams. */
export interface Stream<T> extends AsyncIterable<StreamEvent<T>> {
  readonly id: string
  readonly state: ConnectionState
  /** ID of the last event whose handler has returned (or whose promise has settled); `''` before the first. */
  readonly lastEventId: string
  /** Name of the transport in use. */
  readonly transport: string
  /** Of the connection; of the last one after the end. */
  readonly stats: StreamStats
  /** Starts, or starts again after `close()`, completion or giving up, from the last event. Otherwise does nothing. */
  start(): void
  /** Ends it at once: what waits is dropped, and no handler but `onStateChange` is called any more. */
  close(): void
  /** Dials anew at once, whatever the state. */
  reconnect(): void
}

/** A stream as its manager knows it. */
export interface ManagedStream {
  readonly id: string
  readonly state: ConnectionState
  /** Closes it without lingering. */
  end(): void
}

/** What a stream asks of its manager. */
export interface StreamHome {
  readonly pool: Pool
  has(id: string): boolean
  add(stream: ManagedStream): void
  remove(id: string): void
  stateChanged(id: string, change: StateChange): void
}

/** The stream's inside, changed by the functions of this file only. */
interface Handle<T> {
  readonly id: string
  readonly transport: Transport
  readonly handlers: StreamHandlers<T>
  readonly config: StreamConfig<T>
  readonly settings: ConnectionSettings
  readonly home: StreamHome
  subscription: Subscription<T>
  iterator: AsyncIterator<StreamEvent<T>> | undefined
  isIterated: boolean
  /** Whether the consumer has been told that no more will come. */
  isFinished: boolean
  /** Undefined before the start and after the end. */
  pooled: Pooled | undefined
  /** Whether it has been started or closed, so that it does not start by itself any more. */
  wasTouched: boolean
  stopListening: (() => void) | undefined
  cancelRecall: (() => void) | undefined
  stats: StreamStats
}

/** Opens a stream on a transport, with options and handlers that have been checked. */
export function openStream<T>(
  transport: Transport,
  handlers: StreamHandlers<T>,
  config: StreamConfig<T>,
  home: StreamHome,
): Stream<T> {
  const settings = { ...connectionDefaults, clock: systemClock, ...config } as ConnectionSettings // every default is there
  const handle = {
    id: config.id ?? nextId(home),
    transport,
    handlers,
    config,
    settings,
    home,
    wasTouched: false,
    stats: noStats,
  } as Handle<T> // the rest comes with the first subscription
  subscribe(handle, config.lastEventId ?? '')
  if (!config.signal?.aborted) {
    enlist(handle)
    if (config.autoStart ?? true) queueMicrotask(() => handle.wasTouched || start(handle))
  } else handle.subscription.close()
  return {
    id: handle.id,
    transport: transport.name,
    get state() {
      return stateOf(handle)
    },
    get lastEventId() {
      return handle.subscription.committedId
    },
    get stats() {
      return handle.pooled ? statsOf(handle.pooled.stream) : handle.stats
    },
    start: () => start(handle),
    close: () => close(handle, true),
    reconnect() {
      if (handle.pooled && isLive(handle.pooled)) dispatch(handle.pooled.stream, 'redial')
      else start(handle)
    },
    [Symbol.asyncIterator]: () => takeIterator(handle),
  }
}

function nextId(home: StreamHome): string {
  const id = `stream_${++processWide('stream-ids', () => ({ last: 0 })).last}`
  return home.has(id) ? nextId(home) : id
}

const stateOf = ({ pooled }: Pick<Handle<never>, 'pooled'>) => pooled?.stream.machine.status ?? 'disconnected'

const isLive = ({ stream }: Pooled) => stream.machine.status !== 'error' && stream.machine.status !== 'disconnected'

/** Makes the consumer's side anew; one that was closed handles nothing any more. */
function subscribe<T>(handle: Handle<T>, committedId: string): void {
  const { id, handlers, config, settings, home } = handle
  const subscription = createSubscription(id, handlers, config, settings, {
    onRoom: () => handle.pooled && roomChanged(handle.pooled.stream),
    isOver: () => !handle.pooled || !isLive(handle.pooled),
    onEnd: (error) => {
      handle.isFinished = true
      if (!error) release(handle, false)
    },
    onStateChange: (change) => home.stateChanged(id, change),
  })
  subscription.committedId = committedId
  handle.subscription = subscription
  prepareIterator(handle)
}

/** Without handlers for events, they wait for a loop to take them, however late it begins. */
function prepareIterator<T>(handle: Handle<T>): void {
  if (handle.handlers.onData || handle.handlers.events) return
  handle.iterator = iterate(handle.subscription, () => close(handle, true))
  handle.isIterated = handle.isFinished = false
}

function takeIterator<T>(handle: Handle<T>): AsyncIterator<StreamEvent<T>> {
  if (!handle.iterator) throw new TypeError('this stream delivers to onData or events: leave both out to iterate it')
  if (handle.isIterated)
    throw new TypeError('this stream is being iterated already: create another stream for a second consumer')
  handle.isIterated = true
  return handle.iterator
}

function enlist<T>(handle: Handle<T>): void {
  const { id, config, home } = handle
  if (handle.stopListening) return
  if (home.has(id)) throw new TypeError(`id must be unique among open streams, got ${JSON.stringify(id)} twice`)
  const end = () => close(handle, false)
  config.signal?.addEventListener('abort', end, { once: true })
  handle.stopListening = () => config.signal?.removeEventListener('abort', end)
  home.add({
    id,
    get state() {
      return stateOf(handle)
    },
    end,
  })
}

function start<T>(handle: Handle<T>): void {
  const { config, pooled } = handle
  if (config.signal?.aborted || (pooled && isLive(pooled))) return
  if (!pooled) handle.cancelRecall?.()
  handle.wasTouched = true
  if (pooled) {
    // Given up, not closed: everything it knows still holds.
    if (handle.isFinished) prepareIterator(handle)
    return dispatch(pooled.stream, 'start')
  }
  if (!handle.stopListening) subscribe(handle, handle.subscription.committedId)
  enlist(handle)
  if (!config.persist || handle.subscription.committedId !== '') return join(handle)
  handle.cancelRecall = recall(config.persist, handle.settings, (id) => {
    handle.subscription.committedId = id
    join(handle)
  })
}

function join<T>(handle: Handle<T>): void {
  const { transport, config, settings, subscription, home } = handle
  const lastEventId = subscription.committedId
  // A place to go on from is nothing that a shared link could give.
  const key = lastEventId === '' ? poolKeyOf(transport, config) : undefined
  const pooled = home.pool.join(key, subscription, (onIdle) =>
    createSharedStream(transport, { ...settings, lastEventId }, onIdle),
  )
  handle.pooled = pooled
  const { machine, resume } = pooled.stream
  if (machine.reason === 'created') return dispatch(pooled.stream, 'start')
  subscription.committedId = resume.lastEventId
  const { status: state, attempt } = machine
  subscription.stateChanged({ state, previous: 'disconnected', reason: 'joined', attempt, transport: transport.name })
}

function close<T>(handle: Handle<T>, mayLinger: boolean): void {
  const previous = stateOf(handle)
  handle.wasTouched = true
  handle.subscription.close()
  release(handle, mayLinger)
  if (previous === 'disconnected') return
  handle.subscription.stateChanged({
    state: 'disconnected',
    previous,
    reason: 'closed',
    attempt: 0,
    transport: handle.transport.name,
  })
}

/** Gives back everything that an open stream holds. */
function release<T>(handle: Handle<T>, mayLinger: boolean): void {
  const { pooled, home, id, subscription } = handle
  if (pooled) {
    handle.stats = { ...statsOf(pooled.stream), uptimeMs: 0 }
    handle.pooled = undefined
    home.pool.leave(pooled, subscription, mayLinger)
  }
  handle.cancelRecall?.()
  handle.stopListening?.()
  handle.stopListening = undefined
  home.remove(id)
}
