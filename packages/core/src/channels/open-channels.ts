import { randomId, systemClock } from '../env.ts'
import { openStream } from '../open-stream.ts'
import { connectionDefaults } from '../options.ts'
import { parsePosition } from '../protocol/position.ts'
import { guard } from '../subscription.ts'
import { check, validateConfig, validateHandlers } from '../validate.ts'
import { createConsumer, end, update } from './channel-consumer.ts'
import { flushSoon, lose, sideOf } from './channel-link.ts'
import { labelOf } from './channel-name.ts'
import { addConsumer, join, settle } from './channel-table.ts'
import { channelWire } from './channel-wire.ts'
import { enqueue, giveUp, sendAll } from './publishing.ts'

import type { AnyHandlers, StateChange } from '../handlers.ts'
import type { ConnectionState } from '../machine.ts'
import type { Handle, Stream, StreamHome } from '../open-stream.ts'
import type { StreamConfig } from '../options.ts'
import type { Settings } from '../subscription.ts'
import type { Transport, Transports } from '../transports/transport.ts'
import type { ConsumerHost } from './channel-consumer.ts'
import type { ChannelHandlers, ChannelOptions } from './channel-handlers.ts'
import type { Talk } from './channel-link.ts'
import type { ChannelName } from './channel-name.ts'
import type { Published } from './publishing.ts'

/** One subscription to a channel. Several to one channel are one to the server. */
export interface ChannelSubscription {
  /** The channel's label. */
  readonly channel: string
  readonly state: ConnectionState
  /** Position of the last event whose handler has returned (or whose promise has settled); `''` before the first place. */
  readonly position: string
  /** Ends it at once: what waits is dropped, and no handler but `onStateChange` is called any more. */
  unsubscribe(): void
}

/** Many channels over one connection. */
export interface ChannelClient {
  readonly id: string
  readonly state: ConnectionState
  /** Name of the transport in use. */
  readonly transport: string
  /** @throws {TypeError} for what is no channel, and for a wrong handler or option */
  subscribe<T = unknown>(
    channel: ChannelName,
    handlers: ChannelHandlers<T>,
    options?: ChannelOptions<T>,
  ): ChannelSubscription
  /**
   * Publishes, where the server lets clients do that; waits for a connection. Rejects with a `StreamError`: `UNSENT` was
   * not sent, of `UNCONFIRMED` nobody knows, and other codes are the server's.
   */
  publish(channel: ChannelName, data: unknown, options?: { readonly id?: string | undefined }): Promise<Published>
  /** Connects, or connects again after `close()` or after giving up. Otherwise does nothing. */
  start(): void
  /** Dials anew at once, whatever the state. */
  reconnect(): void
  /** Ends all subscriptions and the connection. */
  close(): void
}

/** What the functions below share of a client. */
interface Client extends ConsumerHost {
  readonly settings: Settings<never>
  readonly talk: Talk
  /** The connection, as a stream that brings nothing itself. */
  base?: Stream<never>
  change: StateChange
  /** Whether it starts when there is something to follow or to send. */
  mayStart: boolean
}

/** How a manager opens a client, whose options and handlers it has checked. */
export function openChannels(
  [first, ...others]: Transports,
  handlers: AnyHandlers<never>,
  { tabs, autoStart: mayStart = true, ...config }: StreamConfig<never, unknown>,
  home: StreamHome,
): ChannelClient {
  // Every default is there.
  const settings = { ...connectionDefaults, firstByteTimeout: 10_000, clock: systemClock, ...config } as Settings<never>
  const talk: Talk = {
    table: { channels: new Map(), settings, changed: () => flushSoon(talk), failures: 0 },
    outbox: new Map(),
    redial: () => base.reconnect(),
    news: 0,
  }
  const client: Client = {
    settings,
    talk,
    mayStart,
    full: new Set(),
    open: new Set(),
    change: { state: 'disconnected', previous: 'disconnected', reason: 'created', attempt: 0, transport: first.name },
    get stream() {
      return handle.stream
    },
  }
  const wire = (each: Transport) => channelWire(each, (link) => sideOf(talk, link), settings.timeout)
  const base = (client.base = openStream<never>(
    [wire(first), ...others.map(wire)],
    { ...handlers, onData() {}, onStateChange: (change) => changed(client, change, handlers) },
    {
      ...settings,
      autoStart: false,
      pool: false,
      tabs: tabs && ((all) => tabs(all, 'channels')),
    },
    home,
  ))
  const { id } = base
  // A stream is listed under its name as what it is.
  const handle = home.streams.get(id) as Handle<never>
  // Nothing waits in it but in the subscriptions.
  handle.queue = {
    ...handle.queue,
    push() {},
    get isFull() {
      // Few are, and they leave the set when it is looked at.
      return [...client.full].some((consumer) => consumer.isFull || !client.full.delete(consumer))
    },
  }
  return {
    id,
    get state() {
      return base.state
    },
    get transport() {
      return base.transport
    },
    subscribe: (channel, own, options) => subscribe(client, labelOf(channel), own, options),
    publish(channel, data, { id: own = randomId('') } = {}) {
      const published = enqueue(talk.outbox, labelOf(channel), data, own)
      queueMicrotask(() => wake(client))
      return published
    },
    start() {
      client.mayStart = true
      base.start()
    },
    reconnect: base.reconnect,
    close() {
      client.mayStart = false
      // First: what a handler subscribes meanwhile is of the next start.
      talk.table.channels.clear()
      for (const consumer of [...client.open]) end(consumer, 'closed')
      base.close()
      giveUp(talk.outbox, true)
    },
  }
}

function subscribe<T>(
  client: Client,
  label: string,
  handlers: ChannelHandlers<T>,
  options: ChannelOptions<T> = {},
): ChannelSubscription {
  const { onSubscribed, ...others } = handlers
  const { from = 'now', getState, ...rest } = options
  const { table } = client.talk
  for (const [name, value] of Object.entries({ onSubscribed, getState })) check(name, value, 'function|undefined')
  validateHandlers(others as AnyHandlers<T>) // of the same names
  validateConfig({ ...rest, from: parsePosition(from) ? 'now' : from })
  // What the data are, its own handlers and schema say; nobody else looks at them.
  const consumer = createConsumer(label, handlers, options as never, client)
  const channel = addConsumer(table, consumer)
  // Later, as no handler is called before the caller has the subscription.
  queueMicrotask(() => {
    wake(client)
    update(consumer)
    join(table, channel)
  })
  return {
    channel: label,
    get state() {
      return consumer.state
    },
    get position() {
      return consumer.committedId
    },
    unsubscribe() {
      end(consumer, 'closed')
      settle(table, channel)
    },
  }
}

/** There is something to follow or to send. */
function wake({ base, talk, mayStart }: Client): void {
  if (mayStart) base?.start()
  const { give, outbox } = talk
  if (give) sendAll(outbox, give)
  else if (!mayStart) giveUp(outbox, true)
}

function changed(client: Client, change: StateChange, { onStateChange }: AnyHandlers<never>): void {
  const { state, error } = change
  const { talk } = client
  client.change = change
  if (state !== 'connected') {
    lose(talk)
    giveUp(talk.outbox, /^[de]/.test(state))
  }
  guard(() => onStateChange?.(change))
  for (const consumer of [...client.open]) {
    if (state === 'error' && error && !consumer.over) guard(() => consumer.user.onError?.(error))
    update(consumer, error)
  }
}
