import { checkMethods, maxTimerMs, readObject, readWhole, show } from './option-readers.ts'
import { quietLogger } from './logger.ts'
import { readCors } from './cors.ts'

import type { HttpRequest } from './http-messages.ts'
import type { Backplane } from './backplanes/backplane.ts'
import type { Channel } from './channel.ts'
import type { Cors, CorsOptions } from './cors.ts'
import type { HistoryLimits } from './history.ts'
import type { Logger } from './logger.ts'

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
  /** Bytes waiting for one client; over it the client is cut off and resumes from history. Default 1 MiB. */
  readonly queuedBytes?: number | undefined
  /** Bytes waiting for all clients together. Default 64 MiB. */
  readonly totalQueuedBytes?: number | undefined
  /** Milliseconds that a client may leave waiting bytes untouched before it is cut off. Default 30,000. */
  readonly stallMs?: number | undefined
}

/** Whether this request may read this channel. Only `true` lets it in; a rejection or an exception does not. */
export type Authorize = (request: HttpRequest, channel: Channel) => boolean | Promise<boolean>

export interface RealtimeOptions {
  /** The link between processes. Default: `memoryBackplane(history)`. It is closed with the realtime. */
  readonly backplane?: Backplane | undefined
  /** For the default backplane; another one is told when it is made. */
  readonly history?: HistoryOptions | undefined
  /** Asked for every channel stream. Without it, clients cannot name a channel themselves. */
  readonly authorize?: Authorize | undefined
  readonly limits?: LimitOptions | undefined
  /** Which other origins may read. Default: none. */
  readonly cors?: CorsOptions | undefined
  readonly heartbeat?:
    { /** Milliseconds of quiet before a keep-alive. Default 15,000. */ readonly intervalMs?: number } | undefined
  /** pino-compatible. Default: quiet. */
  readonly logger?: Logger | undefined
}

export interface Limits {
  readonly connections: number
  readonly queuedBytes: number
  readonly totalQueuedBytes: number
  readonly stallMs: number
}

/** {@link RealtimeOptions} with everything checked and filled in. */
export interface Settings {
  readonly backplane: Backplane | undefined
  readonly history: HistoryOptions | undefined
  readonly authorize: Authorize | undefined
  readonly limits: Limits
  readonly cors: Cors | undefined
  readonly heartbeatMs: number
  readonly logger: Logger
}

const optionNames = ['backplane', 'history', 'authorize', 'limits', 'cors', 'heartbeat', 'logger']
const backplaneMethods = ['publish', 'complete', 'subscribe', 'read', 'stats', 'close']
const anyCount = { min: 1, max: Number.MAX_SAFE_INTEGER }
const anyTime = { min: 1, max: maxTimerMs }
const mebibyte = 1024 * 1024

/** @throws {TypeError | RangeError} naming the option, what it got and what it takes. */
export function readOptions(options: RealtimeOptions): Settings {
  readObject('options', options, optionNames)
  const { backplane, history, authorize, logger } = options
  if (backplane !== undefined) checkMethods('backplane', backplane, backplaneMethods)
  if (backplane !== undefined && history !== undefined) {
    throw new TypeError('history is for the default backplane; give it to the one you pass')
  }
  if (authorize !== undefined && typeof authorize !== 'function') {
    throw new TypeError(`authorize must be a function (request, channel) => boolean, got ${show(authorize)}`)
  }
  if (logger !== undefined) checkMethods('logger', logger, ['debug', 'info', 'warn', 'error'])
  const heartbeat = readObject('heartbeat', options.heartbeat, ['intervalMs'])
  return {
    backplane,
    history,
    authorize,
    limits: readLimits(options.limits),
    cors: readCors(options.cors),
    heartbeatMs: readWhole('heartbeat.intervalMs', heartbeat['intervalMs'], 15_000, { min: 10, max: maxTimerMs }),
    logger: logger ?? quietLogger,
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

function readLimits(options: LimitOptions | undefined): Limits {
  const given = readObject('limits', options, ['connections', 'queuedBytes', 'totalQueuedBytes', 'stallMs'])
  return {
    connections: readWhole('limits.connections', given['connections'], 10_000, anyCount),
    queuedBytes: readWhole('limits.queuedBytes', given['queuedBytes'], mebibyte, anyCount),
    totalQueuedBytes: readWhole('limits.totalQueuedBytes', given['totalQueuedBytes'], 64 * mebibyte, anyCount),
    stallMs: readWhole('limits.stallMs', given['stallMs'], 30_000, anyTime),
  }
}
