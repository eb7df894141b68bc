import mitt from 'mitt'

import { processWide } from './env.ts'
import { openStream, stateOf } from './open-stream.ts'
import { withoutUndefined } from './options.ts'
import { endConnection } from './pool.ts'
import { guard } from './subscription.ts'
import { validateConfig, validateHandlers } from './validate.ts'

import type { AnyHandlers, EventsOf, StateChange, StreamHandlers } from './handlers.ts'
import type { ConnectionState } from './machine.ts'
import type { StreamConfig } from './options.ts'
import type { Stream, StreamHome } from './open-stream.ts'
import type { TransportFactory } from './transports/transport.ts'

/** One physical connection, as the manager lists it. */
export interface ConnectionInfo {
  /** ID of the longest-standing of its streams. */
  readonly id: string
  /** Without credentials, query and fragment. */
  readonly url: string
  readonly state: ConnectionState
  readonly transport: string
  /** Streams that share it; 0 while it lingers after the last one was closed. */
  readonly subscribers: number
  /** Milliseconds since 1970 at which it was made. */
  readonly since: number
}

/** What a manager tells about its streams. */
export interface ManagerEvents {
  readonly added: { readonly id: string }
  readonly state: StateChange & { readonly id: string }
  readonly removed: { readonly id: string }
}

/** Options that a manager's streams start from; each may set its own. */
export type ManagerDefaults = Omit<
  StreamConfig<never>,
  'id' | 'persist' | 'lastEventId' | 'signal' | 'poolKey' | 'schema'
>

export interface StreamManager {
  /** Replaces the options that streams opened from now on start from. Throws as creating a stream does. */
  configure(defaults: ManagerDefaults): void
  /** Opens a stream. `createEnhancedSSEStream` and `createStream` call this. */
  open<T, Events = EventsOf<T>>(
    transports: readonly TransportFactory[],
    handlers: StreamHandlers<T, Events>,
    config: StreamConfig<T, Events>,
  ): Stream<T>
  /** Every connection that exists, in the order in which they were made. */
  getActiveConnections(): ConnectionInfo[]
  /** State of a stream; `disconnected` for one that is not known (any more). */
  getState(id: string): ConnectionState
  /** Closes one stream; its connection ends at once if no other uses it. */
  cleanup(id: string): void
  /** Closes every stream and every connection. */
  cleanupAll(): void
  /** Calls `listener` with each event of this kind. @returns a function that stops it. */
  on<Name extends keyof ManagerEvents>(name: Name, listener: (event: ManagerEvents[Name]) => void): () => void
}

/** Makes a manager with streams, connections and defaults of its own: for a test, or one per tenant. */
export function createStreamManager(defaults: ManagerDefaults = {}): StreamManager {
  validateConfig(defaults)
  // mitt's types ask for an index signature, which an interface has not.
  const events = mitt<{ [Name in keyof ManagerEvents]: ManagerEvents[Name] }>()
  const streams: StreamHome['streams'] = new Map()
  const connections: StreamHome['connections'] = new Set()
  // What is emitted under a name fits it; the functions that emit have been typed by hand.
  const home: StreamHome = { streams, connections, lastId: 0, emit: (name, event) => events.emit(name, event as never) }
  let current = withoutUndefined(defaults)

  return {
    configure(next) {
      validateConfig(next)
      current = withoutUndefined(next)
    },
    open<T, Events>(
      factories: readonly TransportFactory[],
      handlers: StreamHandlers<T, Events>,
      config: StreamConfig<T, Events>,
      openWith = openStream,
    ) {
      validateHandlers(handlers)
      validateConfig(config)
      const [first, ...others] = factories.map((make) => make(current))
      if (!first || (others.length && ![first, ...others].some(({ choose }) => choose)))
        throw new TypeError('transports must be of different kinds, or one')
      // Each has been typed by its name; from here on they are called by the name that comes.
      return openWith([first, ...others], handlers as AnyHandlers<T>, { ...current, ...withoutUndefined(config) }, home)
    },
    getActiveConnections: () =>
      [...connections].map(({ transport, machine, subscribers, id, since }) => ({
        id,
        url: transport.url,
        state: machine.status,
        transport: transport.name,
        subscribers: subscribers.size,
        since,
      })),
    getState: (id) => stateOf(streams.get(id)),
    cleanup: (id) => streams.get(id)?.end(),
    cleanupAll() {
      for (const [, { end }] of [...streams]) end()
      // Some linger; the others are of streams that a handler has just started.
      for (const connection of connections) if (!connection.subscribers.size) endConnection(connections, connection)
    },
    on(name, listener) {
      const guarded = (event: ManagerEvents[typeof name]) => void guard(() => listener(event))
      events.on(name, guarded)
      return () => events.off(name, guarded)
    },
  }
}

/** The manager that streams use unless they are given another. */
export const streamManager: StreamManager = processWide('stream-manager', () => createStreamManager())
