import type { Clock, Fetch } from './env.ts'
import type { StreamError } from './errors.ts'
import type { EventsOf, RawEvent } from './handlers.ts'
import type { EventSchema } from './schema.ts'
import type { TabSharing } from './transports/transport.ts'

type Eventual<T> = T | PromiseLike<T>
/** A value, or a function that is asked for it anew at each attempt. */
export type Provided<T> = T | (() => Eventual<T>)

/** Where the committed ID outlives the page. Either function may return a promise. */
export interface Persistence {
  readonly get: () => Eventual<string | null | undefined>
  readonly set: (lastEventId: string) => unknown
}

/** How a request is made. */
export interface RequestOptions {
  /** Default `GET`, or `POST` where there is a body. */
  readonly method?: string | undefined
  readonly headers?: Provided<HeadersInit> | undefined
  /** Anything that `fetch` takes; a plain object is sent as JSON. */
  readonly body?: Provided<BodyInit | Readonly<Record<string, unknown>> | null> | undefined
  /** Default: the runtime's, which is `same-origin`. */
  readonly credentials?: RequestCredentials | undefined
  /** Stands in for the runtime's own (React Native, Tauri, tests). */
  readonly fetch?: Fetch | undefined
  /** How the resume token travels: the `Last-Event-ID` header (default), or a query parameter where CORS forbids it. */
  readonly resumeWith?: 'header' | { readonly query: string } | undefined
  /** Prefix of relative URLs. Default: the page's URL. */
  readonly baseUrl?: string | URL | undefined
}

/** How one connection behaves. Streams that differ here do not share one. */
export interface ConnectionOptions {
  /** Retries in a row that may bring nothing before the stream gives up. Default 3; `Infinity` never does. */
  readonly maxRetries?: number | undefined
  /** First backoff window in milliseconds, and so the shortest wait. Default 1,000; the server's `retry:` replaces it. */
  readonly retryDelay?: number | undefined
  /** Longest wait in milliseconds, jitter included. Default 30,000. */
  readonly maxRetryDelay?: number | undefined
  /** Floor of the first window in milliseconds, whoever set it. Default 200. */
  readonly minRetryDelay?: number | undefined
  /** Random spread of each wait as a share of its window. Default 1; 0 turns it off. */
  readonly jitter?: number | undefined
  /** Milliseconds from the start of an attempt to its response headers. Default 30,000; 0 turns it off. */
  readonly timeout?: number | undefined
  /** Milliseconds from response headers to the first byte of the body. Default 0: off. */
  readonly firstByteTimeout?: number | undefined
  /**
   * Milliseconds between two signs of life; twice that in silence is a lost link. Default: what the server announces,
   * else 25,000 once a comment was seen, else five minutes of silence are allowed. 0 turns it off.
   */
  readonly heartbeatInterval?: number | undefined
  /** Overrules which failures are tried again. */
  readonly shouldRetry?: ((error: StreamError) => boolean) | undefined
  /**
   * Called when a server refuses the credentials (401, or close code 3000), once for all streams that were given the
   * same function; then `url` and `headers` are asked anew and the stream goes on. Default: `UNAUTHORIZED` ends it.
   */
  readonly refreshAuth?: (() => unknown) | undefined
  /** Whether a page that nobody sees goes on receiving, or pauses after so many milliseconds. Default `'keep'`. */
  readonly whenHidden?: 'keep' | { readonly pauseAfterMs: number } | undefined
  /**
   * Connections of one manager to one origin; the next one waits (reason `queued`). Default: 4 to the origin of a page
   * that came over HTTP/1.1, where browsers open six for all tabs; elsewhere no limit.
   */
  readonly maxConnectionsPerOrigin?: number | undefined
  /** Repeats a request with a body although the server may have acted on it. Default `false`. */
  readonly retryUnsafe?: boolean | undefined
  /** Whether the clean end of a response is a lost link. Default `true` for GET, `false` for others: there it completes. */
  readonly reconnectOnClose?: boolean | undefined
  /** Recognises the last event, before it is parsed. It is still delivered if it parses, else swallowed. */
  readonly isComplete?: ((event: RawEvent) => boolean) | undefined
  /** Longest event in characters; a longer one is reported and skipped. Default 33,554,432 (32 Mi). */
  readonly maxEventSize?: number | undefined
  /** Events that wait for the handler before reading stops. Default 1,000. */
  readonly maxBufferedEvents?: number | undefined
  /** Characters that wait for the handler before reading stops. Default 4,194,304 (4 Mi). */
  readonly maxBufferedSize?: number | undefined
  /** `'start'` asks the server for everything from the channel's beginning. Default `'now'`. */
  readonly from?: 'now' | 'start' | undefined
  /** Resumes after this ID. */
  readonly lastEventId?: string | undefined
  /**
   * Milliseconds that a shared connection stays open, unread, after its last stream was closed, so that the next one
   * goes on without a loss. Default 1,000. Aborting `signal` and the manager's clean-ups do not wait.
   */
  readonly linger?: number | undefined
  /** One connection for all tabs: `shareAcrossTabs({ identity })`. Default: each tab has its own. */
  readonly tabs?: TabSharing | undefined
  /** Time and chance. Default: the runtime's. */
  readonly clock?: Clock | undefined
}

/** What one subscriber sets for itself. */
export interface SubscriberOptions<T, Events = EventsOf<T>> {
  /** Name of the stream in the manager. Default: `stream_<n>`. */
  readonly id?: string | undefined
  /** Default `json`. A function gets the text and what came with it; one that throws makes the event invalid. */
  readonly parse?: 'json' | 'text' | ((text: string, event: RawEvent) => T) | undefined
  /** Checks what `parse` made of an event, and gives the data its type. What it refuses is invalid (`SCHEMA`). */
  readonly schema?: EventSchema<T, Events> | undefined
  /**
   * What happens when the buffer (`maxBufferedEvents`, `maxBufferedSize`) is full. `block` stops reading, so that the
   * server is held back: the default where the transport can. `close-and-resume` ends the link and resumes when half of
   * the buffer is free: the default over WebSocket. `drop-oldest` drops the oldest eighth, `latest-by-key` all events
   * that have a later one of the same `keyOf`; drops are told to `onGap`.
   */
  readonly overflow?: 'block' | 'close-and-resume' | 'drop-oldest' | 'latest-by-key' | undefined
  /** What makes two events the same thing, for `latest-by-key`. */
  readonly keyOf?: ((event: RawEvent) => unknown) | undefined
  /** Hands events over in bursts: one per frame of the page, or one in so many milliseconds. Default: as they come. */
  readonly batch?: 'frame' | number | undefined
  /** Keeps the committed ID somewhere, so that a reload resumes from it. */
  readonly persist?: Persistence | undefined
  /** Whether the stream starts by itself. Default `true`. */
  readonly autoStart?: boolean | undefined
  /** Closes the stream when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Whether the connection may be shared with equal streams. Default `true` for a GET without function-valued headers. */
  readonly pool?: boolean | undefined
  /** Shares the connection with every stream of this key, whatever its request. */
  readonly poolKey?: string | undefined
}

/** Everything `createEnhancedSSEStream` takes as its third argument. */
export interface StreamConfig<T = unknown, Events = EventsOf<T>>
  extends RequestOptions, ConnectionOptions, SubscriberOptions<T, Events> {}

export const connectionDefaults = {
  maxRetries: 3,
  retryDelay: 1000,
  maxRetryDelay: 30_000,
  minRetryDelay: 200,
  jitter: 1,
  timeout: 30_000,
  firstByteTimeout: 0,
  maxEventSize: 32 * 1024 * 1024,
  maxBufferedEvents: 1000,
  maxBufferedSize: 4 * 1024 * 1024,
  linger: 1000,
} as const

/** Connection options with every default filled in. */
export type ConnectionSettings = ConnectionOptions & {
  readonly [Name in keyof typeof connectionDefaults]: number
} & { readonly clock: Clock }

/** A copy without the options that are set to nothing, which would hide a default. */
export function withoutUndefined<Options extends object>(options: Options): Options {
  // Dropping an undefined property changes no type.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options
}
