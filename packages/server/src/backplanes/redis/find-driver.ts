import { ioredisDriver } from './ioredis-driver.ts'
import { nodeRedisDriver } from './node-redis-driver.ts'

import type { RedisDriver } from './driver.ts'
import type { IoredisClient } from './ioredis-driver.ts'
import type { NodeRedisClient } from './node-redis-driver.ts'

export type DriverName = '@redis/client' | 'ioredis'

/** Takes a client of either library, for one server, for what it is. `undefined` for anything else. */
export function driverOf(client: unknown): RedisDriver | undefined {
  if (typeof client !== 'object' || client === null || !('duplicate' in client)) return undefined
  // Told apart by what only one of them has; both have `duplicate`.
  if ('status' in client) {
    return 'isCluster' in client && client.isCluster ? undefined : ioredisDriver(client as IoredisClient)
  }
  // Clusters, pools and sentinels have no options to duplicate.
  return 'isOpen' in client && 'options' in client ? nodeRedisDriver(client as NodeRedisClient) : undefined
}

/**
 * A driver for a URL, by the library that is named, else by the first that is installed. Nothing is loaded before the
 * first link is opened: both are optional peers.
 */
export function driverForUrl(url: string, name: DriverName | undefined): RedisDriver {
  let driver: Promise<RedisDriver> | undefined
  return {
    async open(events, signal) {
      driver ??= loadDriver(url, name)
      return (await driver).open(events, signal)
    },
  }
}

async function loadDriver(url: string, name: DriverName | undefined): Promise<RedisDriver> {
  if (name !== 'ioredis') {
    try {
      const { createClient } = await import('@redis/client')
      return nodeRedisDriver(createClient({ url }))
    } catch (error) {
      if (!isMissing(error)) throw error
      if (name) throw missing(name, error)
    }
  }
  try {
    const { Redis } = await import('ioredis')
    return ioredisDriver(new Redis(url, { lazyConnect: true }))
  } catch (error) {
    throw isMissing(error) ? missing(name ?? '@redis/client', error) : error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}

function missing(name: DriverName, cause: unknown): Error {
  return new Error(`${name} is not installed, which opens the url of Redis: npm install ${name}`, { cause })
}
