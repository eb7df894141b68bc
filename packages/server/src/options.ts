import { checkMethods, maxTimerMs, readObject, readWhole, show } from './option-readers.ts'
import { quietLogger } from './logger.ts'
import { guardLogger } from './observe/guarded-logger.ts'
import { readHooks } from './observe/hooks.ts'
import { readClientPublish } from './client-publish.ts'
import { readCors } from './cors.ts'

import type { Backplane } from './backplanes/backplane.ts'
import type { ClientPublish } from './client-publish.ts'
import type { Cors, CorsOptions } from './cors.ts'
import type { HistoryLimits } from './history.ts'
import type { Logger } from './logger.ts'
import type { RealtimeHooks } from './observe/hooks.ts'
import type { Authenticate, Authorize } from './principal.ts'

/** What is kept of each channel, for clients that come back and for `from=start`. */
export interface HistoryOptions {
  /** Events per channel. Default 1,000. */
  readonly size?: number | undefined
  /** Bytes per channel. Default 1 MiB. */
  readonly bytes?: number | undefined
  /** Milliseconds an event is kept, and a channel after its last use. Default 10 minutes. */
  readonly ttlMs?: number | undefined
  /** Channels with history; over it, the one unused for longest and without clients is forgotten. Default 10,000. */
  readonly channels?: number | undefined
}

export interface LimitOptions {
  /** Open streams of this process; over it new ones get 503. Default 10,000. */
  readonly connections?: number | undefined
  /** Of one `userId`; over it new ones get 429. Default 100. */
  readonly connectionsPerUser?: number | undefined
  /**
   * From one IPv4 address, or one /64 of IPv6; over it new ones get 429. Default: no limit. Behind a proxy set
   * `trustProxy` first, else all clients share the address of the proxy.
   */
  readonly connectionsPerIp?: number | undefined
  /** Milliseconds after which a connection has to come back, and be judged, anew. Default 24 hours. */
  readonly lifetimeMs?: number | undefined
  /** Milliseconds that a WebSocket may take to say who it is, where it may say so in its first message. Default 10,000. */
  readonly handshakeMs?: number | undefined
  /**
   * Milliseconds that `authenticate` and `authorize` may take; over it they have not let in, and the client is told to
   * come back (503). Default 30,000.
   */
  readonly decisionMs?: number | undefined
  /** Channels that one connection may follow at a time. Default 100. */
  readonly channelsPerConnection?: number | undefined
  /** Channels that are followed in this process at a time. Default 100,000. */
  readonly channels?: number | undefined
  /** Commands of one connection (subscribe, unsubscribe, publish, auth); four seconds' worth may come at once. Default 50. */
  readonly commandsPerSecond?: number | undefined
  /**
   * How often one user may have a channel's history replayed to him in a minute; of those without a `userId` one address
   * where `connectionsPerIp` is set. Default 600.
   */
  readonly replaysPerMinute?: number | undefined
  /** Bytes waiting for one client; over it the client is cut off and resumes from history. Default 1 MiB. */
  readonly queuedBytes?: number | undefined
  /** Bytes waiting for all clients together. Default 64 MiB. */
  readonly totalQueuedBytes?: number | undefined
  /** Milliseconds that a client may leave waiting bytes untouched before it is cut off. Default 30,000. */
  readonly stallMs?: number | undefined
}

export interface RealtimeOptions {
  /** The link between processes. Default: `memoryBackplane(history)`. It is closed with the realtime. */
  readonly backplane?: Backplane | undefined
  /** For the default backplane; another one is told when it is made. */
  readonly history?: HistoryOptions | undefined
  /** Asked before anything opens. Without it, everybody is nobody in particular. */
  readonly authenticate?: Authenticate | undefined
  /**
   * Asked for each channel, whatever the transport, whoever names it, at the start and whenever credentials are renewed.
   * Without it, clients cannot name a channel themselves.
   */
  readonly authorize?: Authorize | undefined
  /**
   * Lets clients publish where `authorize` admits the action `publish`: makes the event of what was sent, or refuses it
   * with `undefined`. `true` takes objects, and writes the `userId` of who sent it into their `sender`. Default: off.
   */
  readonly clientPublish?: ClientPublish | boolean | undefined
  /**
   * The query parameter that may hold a token, which then stands in the logs of every proxy on the way: for tickets that
   * live a few seconds. Default: none.
   */
  readonly tokenInQuery?: string | undefined
  /** How many proxies of your own stand in front, each of which adds to `X-Forwarded-For`. Default 0. */
  readonly trustProxy?: number | undefined
  readonly limits?: LimitOptions | undefined
  /** Which other origins may read. Default: none. */
  readonly cors?: CorsOptions | undefined
  readonly heartbeat?:
    { /** Milliseconds of quiet before a keep-alive. Default 15,000. */ readonly intervalMs?: number } | undefined
  /** pino-compatible. Secrets and control characters never reach it. Default: quiet. */
  readonly logger?: Logger | undefined
  /** Called when sessions open and close, events are published, the backplane fails. */
  readonly on?: RealtimeHooks | undefined
}

export interface Limits {
  readonly connections: number
  readonly connectionsPerUser: number
  readonly connectionsPerIp: number
  readonly lifetimeMs: number
  readonly handshakeMs: number
  readonly decisionMs: number
  readonly channelsPerConnection: number
  readonly channels: number
  readonly commandsPerSecond: number
  readonly replaysPerMinute: number
  readonly queuedBytes: number
  readonly totalQueuedBytes: number
  readonly stallMs: number
}

/** {@link RealtimeOptions} with everything checked and filled in. */
export interface Settings {
  readonly backplane: Backplane | undefined
  readonly history: HistoryOptions | undefined
  readonly authenticate: Authenticate | undefined
  readonly authorize: Authorize | undefined
  readonly clientPublish: ClientPublish | undefined
  readonly tokenInQuery: string | undefined
  readonly trustProxy: number
  readonly limits: Limits
  readonly cors: Cors | undefined
  readonly heartbeatMs: number
  readonly logger: Logger
  readonly on: RealtimeHooks
}

const optionNames = [
  'backplane',
  'history',
  'authenticate',
  'authorize',
  'clientPublish',
  'tokenInQuery',
  'trustProxy',
  'limits',
  'cors',
  'heartbeat',
  'logger',
  'on',
]
const backplaneMethods = ['publish', 'complete', 'subscribe', 'read', 'stats', 'onFailure', 'close']
const anyCount = { min: 1, max: Number.MAX_SAFE_INTEGER }
const anyTime = { min: 1, max: maxTimerMs }
const mebibyte = 1024 * 1024

/** @throws {TypeError | RangeError} naming the option, what it got and what it takes. */
export function readOptions(options: RealtimeOptions): Settings {
  readObject('options', options, optionNames)
  const { backplane, history, authenticate, authorize, tokenInQuery, logger } = options
  if (backplane !== undefined) checkMethods('backplane', backplane, backplaneMethods)
  if (backplane !== undefined && history !== undefined) {
    throw new TypeError('history is for the default backplane; give it to the one you pass')
  }
  if (authenticate !== undefined && typeof authenticate !== 'function') {
    throw new TypeError(`authenticate must be a function (request) => principal, got ${show(authenticate)}`)
  }
  if (authorize !== undefined && typeof authorize !== 'function') {
    throw new TypeError(`authorize must be a function (principal, action, channel) => boolean, got ${show(authorize)}`)
  }
  if (tokenInQuery !== undefined && (typeof tokenInQuery !== 'string' || tokenInQuery === '')) {
    throw new TypeError(`tokenInQuery must be the name of a query parameter, got ${show(tokenInQuery)}`)
  }
  if (logger !== undefined) checkMethods('logger', logger, ['debug', 'info', 'warn', 'error'])
  const heartbeat = readObject('heartbeat', options.heartbeat, ['intervalMs'])
  return {
    backplane,
    history,
    authenticate,
    authorize,
    clientPublish: readClientPublish(options.clientPublish),
    tokenInQuery,
    trustProxy: readWhole('trustProxy', options.trustProxy, 0, { min: 0, max: 100 }),
    limits: readLimits(options.limits),
    cors: readCors(options.cors),
    heartbeatMs: readWhole('heartbeat.intervalMs', heartbeat['intervalMs'], 15_000, { min: 10, max: maxTimerMs }),
    logger: logger ? guardLogger(logger, tokenInQuery === undefined ? [] : [tokenInQuery]) : quietLogger,
    on: readHooks(options.on),
  }
}

/** @throws {TypeError | RangeError} as {@link readOptions}. */
export function readHistoryOptions(options: HistoryOptions | undefined): HistoryLimits & { readonly channels: number } {
  const given = readObject('history', options, ['size', 'bytes', 'ttlMs', 'channels'])
  return {
    size: readWhole('history.size', given['size'], 1000, { ...anyCount, min: 0 }),
    bytes: readWhole('history.bytes', given['bytes'], mebibyte, { ...anyCount, min: 0 }),
    ttlMs: readWhole('history.ttlMs', given['ttlMs'], 10 * 60_000, anyTime),
    channels: readWhole('history.channels', given['channels'], 10_000, anyCount),
  }
}

const limitDefaults: Limits = {
  connections: 10_000,
  connectionsPerUser: 100,
  connectionsPerIp: Number.MAX_SAFE_INTEGER,
  lifetimeMs: 24 * 60 * 60_000,
  handshakeMs: 10_000,
  decisionMs: 30_000,
  channelsPerConnection: 100,
  channels: 100_000,
  commandsPerSecond: 50,
  replaysPerMinute: 600,
  queuedBytes: mebibyte,
  totalQueuedBytes: 64 * mebibyte,
  stallMs: 30_000,
}

function readLimits(options: LimitOptions | undefined): Limits {
  const given = readObject('limits', options, Object.keys(limitDefaults))
  const entries = Object.entries(limitDefaults).map(([name, fallback]: [string, number]) => {
    return [name, readWhole(`limits.${name}`, given[name], fallback, name.endsWith('Ms') ? anyTime : anyCount)]
  })
  // The same names as the defaults have.
  return Object.fromEntries(entries) as Limits
}
