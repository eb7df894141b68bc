import { createClient } from '@redis/client'
import { Redis } from 'ioredis'

import { redisBackplane } from '../../src/backplanes/redis/index.ts'

import type { Backplane } from '../../src/index.ts'
import type { RedisBackplaneOptions } from '../../src/backplanes/redis/index.ts'
import type { World } from '../backplane-contract.ts'
import type { RedisServer } from './redis-server.ts'

export const clientsOf = {
  '@redis/client': (url: string) => createClient({ url }),
  ioredis: (url: string) => new Redis(url, { lazyConnect: true }),
}

export type Library = keyof typeof clientsOf
export const libraries = Object.keys(clientsOf) as Library[] // the keys above

let worlds = 0

/** Server processes that share a part of a Redis that is theirs alone. */
export function createRedisWorld(
  server: () => RedisServer,
  library: Library,
  options: Partial<RedisBackplaneOptions> = {},
): World & { readonly prefix: string } {
  const prefix = `test${++worlds}:`
  const open: Backplane[] = []
  return {
    prefix,
    open() {
      const backplane = redisBackplane({ client: clientsOf[library](server().url), prefix, ...options })
      open.push(backplane)
      return backplane
    },
    async settled() {
      await Promise.all(open.map((backplane) => comesThrough(backplane)))
    },
  }
}

/** Messages come in the order in which they were published: when one has come, so have all before it. */
async function comesThrough(backplane: Backplane): Promise<void> {
  let arrived: () => void = () => {}
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const stop = await backplane.subscribe('settled', { event: () => arrived(), missed() {}, complete() {} })
  await backplane.publish('settled', '0')
  await arrival
  stop()
}
