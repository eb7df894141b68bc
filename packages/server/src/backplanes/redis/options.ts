import { serverName } from '../../env.ts'
import { checkMethods, maxTimerMs, readObject, readWhole, show } from '../../option-readers.ts'
import { readHistoryOptions } from '../../options.ts'
import { driverForUrl, driverOf } from './find-driver.ts'
import { readRedisUrl } from './redis-url.ts'

import type { RedisDriver } from './driver.ts'
import type { DriverName } from './find-driver.ts'
import type { IoredisClient } from './ioredis-driver.ts'
import type { NodeRedisClient } from './node-redis-driver.ts'
import type { RedisHistory } from './scripts.ts'

/** What Redis keeps of each channel. */
export interface RedisHistoryOptions {
  /** Events. Default 1,000. */
  readonly size?: number | undefined
  /** Bytes of their JSON. Default 1 MiB. */
  readonly bytes?: number | undefined
  /** Milliseconds after the last publish. Default 10 minutes. */
  readonly ttlMs?: number | undefined
  /**
   * Milliseconds that epoch and last offset are kept after the channel's last use, so that clients resume an idle
   * channel without a gap. Default 24 hours, at least 5 minutes.
   */
  readonly positionTtlMs?: number | undefined
}

export interface RedisBackplaneOptions {
  /** `redis://` or `rediss://`. Either this, a `client` or a driver of your own. */
  readonly url?: string | undefined
  /** A client of `redis`, `@redis/client` or `ioredis`. It is duplicated, and not used itself. */
  readonly client?: NodeRedisClient | IoredisClient | undefined
  /** Which library opens the `url`; default: the one that is installed, `@redis/client` first. Or a driver of your own. */
  readonly driver?: DriverName | RedisDriver | undefined
  /** Of every key and every pub/sub channel. Default `steadystream:`. */
  readonly prefix?: string | undefined
  readonly history?: RedisHistoryOptions | undefined
  /**
   * What becomes of a publish while Redis is away. `reject`: it rejects at once, with `UNAVAILABLE`. `local`: it reaches
   * the clients of this process, behind a gap; when Redis is back, the channel begins anew, for all. Default `reject`.
   */
  readonly onUnavailable?: 'reject' | 'local' | undefined
  /** Names this process in stats. Default: host, process id and something random. */
  readonly serverId?: string | undefined
  /** Milliseconds that Redis may answer nothing before the connection is given up. Default 10,000. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds of quiet before the connection that messages come over is tried. Default 10,000. */
  readonly probeMs?: number | undefined
  /** Milliseconds between two looks at the position of each channel that is followed, at most. Default 60,000. */
  readonly checkMs?: number | undefined
}

export interface RedisSettings {
  readonly driver: RedisDriver
  readonly prefix: string
  readonly history: RedisHistory
  readonly onUnavailable: 'reject' | 'local'
  readonly serverId: string
  readonly timeoutMs: number
  readonly probeMs: number
  readonly checkMs: number
}

const optionNames = [
  'url',
  'client',
  'driver',
  'prefix',
  'history',
  'onUnavailable',
  'serverId',
  'timeoutMs',
  'probeMs',
  'checkMs',
]
const driverNames = ['@redis/client', 'ioredis']
// Of what is followed the position is looked at once a minute, which keeps it alive.
const minPositionTtlMs = 5 * 60_000
const anyTime = { min: 1, max: maxTimerMs }

/** @throws {TypeError | RangeError} naming the option, what it got and what it takes. */
export function readRedisOptions(options: RedisBackplaneOptions): RedisSettings {
  readObject('options', options, optionNames)
  const { prefix = 'steadystream:', onUnavailable = 'reject', serverId = serverName() } = options
  // Nothing that means something in a pattern, nor braces, which are the hash tag's.
  if (typeof prefix !== 'string' || !/^[\w:.@/-]{1,100}$/.test(prefix)) {
    throw new TypeError(`prefix must be 1 to 100 of A-Z a-z 0-9 _ : . @ / -, got ${show(prefix)}`)
  }
  if (onUnavailable !== 'reject' && onUnavailable !== 'local') {
    throw new TypeError(`onUnavailable must be 'reject' or 'local', got ${show(onUnavailable)}`)
  }
  if (typeof serverId !== 'string' || !/^[\w:.@/-]{1,100}$/.test(serverId)) {
    throw new TypeError(`serverId must be 1 to 100 of A-Z a-z 0-9 _ : . @ / -, got ${show(serverId)}`)
  }
  const { positionTtlMs, ...history } = readObject('history', options.history, [
    'size',
    'bytes',
    'ttlMs',
    'positionTtlMs',
  ])
  const { size, bytes, ttlMs } = readHistoryOptions(history)
  const atLeast = Math.max(minPositionTtlMs, ttlMs)
  const dayMs = 24 * 60 * 60_000
  return {
    driver: readDriver(options),
    prefix,
    history: {
      size,
      bytes,
      ttlMs,
      positionTtlMs: readWhole('history.positionTtlMs', positionTtlMs, Math.max(dayMs, ttlMs), {
        min: atLeast,
        max: Number.MAX_SAFE_INTEGER,
      }),
    },
    onUnavailable,
    serverId,
    timeoutMs: readWhole('timeoutMs', options.timeoutMs, 10_000, anyTime),
    probeMs: readWhole('probeMs', options.probeMs, 10_000, anyTime),
    checkMs: readWhole('checkMs', options.checkMs, 60_000, { min: 1, max: 60_000 }),
  }
}

function readDriver({ url, client, driver }: RedisBackplaneOptions): RedisDriver {
  if (typeof driver === 'object') {
    checkMethods('driver', driver, ['open'])
    if (url !== undefined || client !== undefined)
      throw new TypeError('driver, where it is your own, stands for url and client: leave them out')
    return driver
  }
  if (driver !== undefined && !driverNames.includes(driver)) {
    throw new TypeError(`driver must be '@redis/client', 'ioredis' or an object with open, got ${show(driver)}`)
  }
  if (client !== undefined) {
    if (url !== undefined || driver !== undefined)
      throw new TypeError('client stands for url and driver: leave them out')
    const found = driverOf(client)
    if (!found) {
      throw new TypeError(
        `client must be one of redis, @redis/client or ioredis, for one server: no cluster, pool or sentinel; got ${show(client)}`,
      )
    }
    return found
  }
  return driverForUrl(readRedisUrl(url), driver)
}
