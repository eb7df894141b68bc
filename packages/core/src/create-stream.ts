import { handlerNames } from './handlers.ts'
import { streamManager } from './manager.ts'
import { sse } from './transports/sse.ts'

import type { EventsOf, StreamHandlers } from './handlers.ts'
import type { StreamManager } from './manager.ts'
import type { ConnectionOptions, Provided, StreamConfig, SubscriberOptions } from './options.ts'
import type { Stream } from './open-stream.ts'
import type { TransportFactory } from './transports/transport.ts'

/** Options of {@link createStream}: a stream's, with its transport and its handlers. */
export interface StreamOptions<T, Events = EventsOf<T>>
  extends ConnectionOptions, SubscriberOptions<T, Events>, StreamHandlers<T, Events> {
  /** Where the events come from, the best first: `[sse(url), webSocket(url), polling(url)]`, or one of them. */
  readonly transports: readonly TransportFactory[]
  /** Default: the manager that all streams share. */
  readonly manager?: StreamManager | undefined
}

/** Third argument of {@link createEnhancedSSEStream}. */
export interface EnhancedStreamConfig<T, Events = EventsOf<T>> extends StreamConfig<T, Events> {
  /** Transports to use, in this order, where server-sent events cannot be: `[webSocket(url), polling(url)]`. */
  readonly fallback?: readonly TransportFactory[] | undefined
  /** Default: the manager that all streams share. */
  readonly manager?: StreamManager | undefined
}

/**
 * Opens a stream over server-sent events. It starts by itself, in a microtask, and retries up to `maxRetries` (3) times
 * in a row.
 * @param url absolute, or relative to `baseUrl` or the page; a function is asked at each attempt
 * @throws {TypeError | RangeError} for a wrong option or handler, naming it, its value and what it takes
 */
export function createEnhancedSSEStream<T = unknown, Events = EventsOf<T>>(
  url: Provided<string | URL>,
  handlers: StreamHandlers<T, Events> = {},
  { manager = streamManager, fallback = [], ...config }: EnhancedStreamConfig<T, Events> = {},
): Stream<T> {
  return manager.open([sse(url, config), ...fallback], handlers, config)
}

const requestKeys = /^(method|headers|body|credentials|fetch|resumeWith|baseUrl)$/

/**
 * Opens a stream over a transport of your choice. It starts by itself, in a microtask, and never gives up
 * (`maxRetries: Infinity`) unless told to.
 * @throws {TypeError | RangeError} for a wrong option or handler, naming it, its value and what it takes
 */
export function createStream<T = unknown, Events = EventsOf<T>>({
  transports,
  manager = streamManager,
  ...options
}: StreamOptions<T, Events>): Stream<T> {
  if (!Array.isArray(transports) || !transports.length || transports.some((each) => typeof each !== 'function'))
    throw new TypeError('transports must be an array, such as [sse(url)]')
  const handlers: Record<string, unknown> = {}
  const config: Record<string, unknown> = { maxRetries: Infinity }
  for (const [name, value] of Object.entries(options)) {
    if (requestKeys.test(name)) throw new TypeError(`${name} belongs to the transport: sse(url, { ${name} })`)
    const part = name === 'events' || handlerNames.includes(name as never) ? handlers : config
    if (value !== undefined) part[name] = value
  }
  return manager.open<T>(transports, handlers, config)
}
