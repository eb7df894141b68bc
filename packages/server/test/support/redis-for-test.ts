import { expect, onTestFinished, vi } from 'vitest'

import { redisBackplane } from '../../src/backplanes/redis/index.ts'
import { startRedis } from './redis-server.ts'
import { clientsOf } from './redis-world.ts'

import type { Backplane, Failure } from '../../src/index.ts'
import type { RedisBackplaneOptions } from '../../src/backplanes/redis/index.ts'
import type { RedisServer, RedisServerOptions } from './redis-server.ts'
import type { Library } from './redis-world.ts'

/** What is asked of a channel whose events do not matter. */
export const extent = { after: 0, limit: 0 }

/** A redis-server for as long as the test runs. */
export async function startForTest(options: RedisServerOptions = {}): Promise<RedisServer> {
  const redis = await startRedis(options)
  onTestFinished(() => redis.stop())
  return redis
}

/** A backplane for as long as the test runs, and what it reports. */
export function openForTest(library: Library, url: string, options: Partial<RedisBackplaneOptions> = {}) {
  const client = options.driver ? undefined : clientsOf[library](url)
  const backplane = redisBackplane({ client, prefix: 'p:', ...options })
  const failures: Failure[] = []
  backplane.onFailure((failure) => failures.push(failure))
  onTestFinished(() => backplane.close())
  return { backplane, failures }
}

export async function waitFor(check: () => unknown): Promise<void> {
  await vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 15_000, interval: 10 })
}

export async function healthy(...backplanes: readonly Backplane[]): Promise<void> {
  await waitFor(() => backplanes.every((backplane) => !backplane.stats().isDegraded))
}

/** What {@link publishAll} shows to those who listen. */
export function upTo(count: number, from = 1): string[] {
  return Array.from({ length: count - from + 1 }, (_, index) => `${from + index} ${from + index}`)
}

/** Publishes numbers, each again under its key until it is taken. */
export async function publishAll(backplane: Backplane, from: number, to: number, pauseMs = 0): Promise<void> {
  for (let n = from; n <= to; n++) {
    for (;;) {
      try {
        await backplane.publish('a', String(n), { idempotencyKey: String(n) })
        break
      } catch (error) {
        expect(error).toMatchObject({ code: 'UNAVAILABLE' })
        await pause(10)
      }
    }
    if (pauseMs > 0) await pause(pauseMs)
  }
}

// What goes wrong here is real, and takes its time.
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

// What the default history would lose in a storm is not what these tests are about.
const history = { size: 100_000, bytes: 100_000_000 }

/** A redis-server, and what opens backplanes on it, whose failures are counted together. */
export async function enterRedis(
  library: Library,
  server: RedisServerOptions = {},
  options: Partial<RedisBackplaneOptions> = {},
) {
  const redis = await startForTest(server)
  const failures: Failure[] = []
  const open = (own: Partial<RedisBackplaneOptions> = {}) => {
    const { backplane } = openForTest(library, redis.url, { history, ...options, ...own })
    backplane.onFailure((failure) => failures.push(failure))
    return backplane
  }
  return { redis, open, failures }
}
