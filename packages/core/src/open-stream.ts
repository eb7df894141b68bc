import { admit } from './connection-budget.ts'
import { createDeliveryBuffer } from './delivery.ts'
import { reportThrown, systemClock } from './env.ts'
import { iterate } from './iterate.ts'
import { connectionDefaults } from './options.ts'
import { makeRoom, sizeOf } from './overflow.ts'
import { joinConnection, leaveConnection } from './pool.ts'
import { recall } from './recall.ts'
import { noStats } from './stats.ts'
import { isLive, statsOf } from './shared-stream.ts'
import { dispatch } from './stream.ts'
import { finish, push, save, tell } from './subscription.ts'

import type { AnyHandlers, StreamEvent } from './handlers.ts'
import type { ConnectionState } from './machine.ts'
import type { StreamConfig } from './options.ts'
import type { StreamStats } from './stats.ts'
import type { SharedStream } from './shared-stream.ts'
import type { Settings, Subscription } from './subscription.ts'
import type { SendData, Transports } from './transports/transport.ts'

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
  /**
   * Sends to the server, over a transport that can (WebSocket). `queued` is sent when the link is open, unless that
   * takes too long; `refused` is not: the stream is not started, the queue is full, or the transport cannot send.
   */
  send(data: SendData): 'sent' | 'queued' | 'refused'
}

/** What a stream shares with the others of its manager. */
export interface StreamHome {
  readonly streams: Map<string, Pick<Handle<never>, 'stream' | 'end'>>
  readonly connections: Set<SharedStream>
  /** Number of the last stream that was named for lack of an `id`. */
  lastId: number
  /** Tells the manager's listeners. */
  emit(name: 'added' | 'removed' | 'state', event: { readonly id: string }): void
}

/** A stream's inside, changed by the functions of this file only. */
export interface Handle<T> extends Subscription<T> {
  readonly transports: Transports
  readonly home: StreamHome
  /** Replaced where what waits is elsewhere. */
  queue: Subscription<T>['queue']
  iterator?: AsyncIterator<StreamEvent<T>> | undefined
  /** Whether it has been started or closed, so that it does not start by itself any more. */
  wasTouched?: boolean
  stopListening?: (() => void) | undefined
  cancelRecall?: (() => void) | undefined
  stats: StreamStats
  /** Closes it without lingering. */
  end(): void
}

/** Opens a stream on a transport, with options and handlers that have been checked. */
export function openStream<T>(
  transports: Transports,
  handlers: AnyHandlers<T>,
  config: StreamConfig<T, unknown>,
  home: StreamHome,
): Stream<T> {
  // One that opens and brings nothing is left for the next.
  const firstByteTimeout = transports.length > 1 ? 10_000 : 0
  // Every default is there.
  const settings = { ...connectionDefaults, firstByteTimeout, clock: systemClock, ...config } as Settings<T>
  const { id = nextId(home), signal, autoStart = true, lastEventId = '', overflow, keyOf } = settings
  if (overflow === 'latest-by-key' && !keyOf) throw new TypeError('keyOf must be given for latest-by-key')
  const drops = overflow === 'drop-oldest' || overflow === 'latest-by-key'
  const handle: Handle<T> = {
    id,
    transports: settings.tabs?.(transports) ?? transports,
    handlers,
    settings,
    home,
    queue: createDeliveryBuffer(
      settings,
      sizeOf,
      drops ? (items) => makeRoom(items, handle.inHand ?? handle.committedId, settings) : undefined,
    ),
    closesWhenFull: overflow === 'close-and-resume',
    life: 0,
    committedId: lastEventId,
    persistedId: '',
    stats: noStats,
    get isFull() {
      return handle.queue.isFull
    },
    push: (item) => push(handle, item),
    changed(change) {
      const { life } = handle
      home.emit('state', { ...change, id })
      // Whoever listens may have closed it, and it has told so then, unless it had ended.
      if (life === handle.life || change.state === 'disconnected') tell(handle, change)
      // The failure that ended the stream, which goes on, has ended its loop as well.
      if (change.previous === 'error' && handle.stream) prepareIterator(handle)
    },
    release: () => release(handle),
    end: () => close(handle),
  }
  prepareIterator(handle)
  if (signal?.aborted) finish(handle)
  else {
    enlist(handle)
    if (autoStart) queueMicrotask(() => handle.wasTouched || start(handle))
  }
  return {
    id,
    get transport() {
      return nameOf(handle)
    },
    get state() {
      return stateOf(handle)
    },
    get lastEventId() {
      return handle.committedId
    },
    get stats() {
      return handle.stream ? statsOf(handle.stream) : handle.stats
    },
    start: () => start(handle),
    close: () => close(handle, true),
    reconnect() {
      const { stream } = handle
      if (stream && isLive(stream)) dispatch(stream, 'redial')
      else start(handle)
    },
    send: (data) => handle.stream?.transport.send?.(data) ?? 'refused',
    [Symbol.asyncIterator]: () => takeIterator(handle),
  }
}

function nextId(home: StreamHome): string {
  const id = `stream_${++home.lastId}`
  return home.streams.has(id) ? nextId(home) : id
}

export const stateOf = (handle: { readonly stream?: SharedStream | undefined } | undefined): ConnectionState =>
  handle?.stream?.machine.status ?? 'disconnected'

const nameOf = <T>({ stream, transports }: Handle<T>) => (stream?.transport ?? transports[0]).name

/** Without handlers for events, they wait for a loop to take them, however late it begins. */
function prepareIterator<T>(handle: Handle<T>): void {
  const { onData, events } = handle.handlers
  if (!onData && !events && !handle.finished) handle.iterator = iterate(handle, () => close(handle, true))
}

function takeIterator<T>(handle: Handle<T>): AsyncIterator<StreamEvent<T>> {
  const { iterator, pull } = handle
  handle.iterator = undefined
  if (iterator) return iterator
  throw new TypeError(pull ? 'iterated already: create another' : 'iterated only without onData and events')
}

function enlist<T>(handle: Handle<T>): void {
  const { id, settings, home, end } = handle
  if (handle.stopListening) return
  if (home.streams.has(id)) throw new TypeError(`id must be unique, got ${JSON.stringify(id)} twice`)
  settings.signal?.addEventListener('abort', end)
  handle.stopListening = () => settings.signal?.removeEventListener('abort', end)
  home.streams.set(id, handle)
  home.emit('added', { id })
}

function start<T>(handle: Handle<T>): void {
  const { settings, stream, committedId, home, life } = handle
  const { signal, persist } = settings
  if (signal?.aborted || (stream && isLive(stream))) return
  handle.wasTouched = true
  prepareIterator(handle)
  // Given up, not closed: everything it knows still holds, but for its place among others.
  if (stream) {
    admit(home.connections, stream)
    return dispatch(stream, 'start')
  }
  enlist(handle)
  // Whoever listens may have closed it, or started it.
  if (life !== handle.life || handle.stream) return
  if (!persist || committedId !== '') return join(handle)
  handle.cancelRecall?.()
  handle.cancelRecall = recall(persist, settings, (id, error) => {
    // Closed by `get` itself, there was nothing to cancel yet.
    if (handle.life !== life) return
    if (error) reportThrown(error)
    handle.committedId = id
    join(handle)
  })
}

function join<T>(handle: Handle<T>): void {
  const { transports, settings, home, committedId } = handle
  const stream = joinConnection(home.connections, handle, transports, settings, committedId)
  const { status: state, attempt, reason } = stream.machine
  handle.stream = stream
  if (reason === 'created') return dispatch(stream, 'start')
  handle.committedId = stream.resume.lastEventId
  handle.changed({ state, previous: 'disconnected', reason: 'joined', attempt, transport: nameOf(handle) })
}

function close<T>(handle: Handle<T>, mayLinger?: boolean): void {
  const previous = stateOf(handle)
  const transport = nameOf(handle)
  handle.wasTouched = true
  handle.life++
  handle.queue.clear()
  handle.cancelBatch?.()
  // What a handler has been given it does not get again from a stream that starts anew.
  if (!handle.isChecking) handle.committedId = handle.inHand ?? handle.committedId
  handle.isChecking = false
  handle.inHand = undefined
  save(handle)
  finish(handle)
  release(handle, mayLinger)
  if (previous === 'disconnected') return
  handle.changed({ state: 'disconnected', previous, reason: 'closed', attempt: 0, transport })
}

/** Gives back everything that an open stream holds. */
function release<T>(handle: Handle<T>, mayLinger = false): void {
  const { stream, home, id } = handle
  if (stream) {
    handle.stats = { ...statsOf(stream), uptimeMs: 0 }
    handle.stream = undefined
    leaveConnection(home.connections, handle, stream, mayLinger)
  }
  handle.cancelRecall?.()
  if (!handle.stopListening) return
  handle.stopListening()
  handle.stopListening = undefined
  home.streams.delete(id)
  home.emit('removed', { id })
}
