import { openConnection } from './redis-connection.ts'
import { createRedisProcess } from './redis-process.ts'

import type { RedisDriver } from '../../../src/backplanes/redis/driver.ts'
import type { Random } from '../../../../core/test/support/random.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { RedisProcess, RedisSetup } from './redis-process.ts'

/** A Redis and the network that leads to it. */
export interface SimRedis {
  readonly process: RedisProcess
  /** The connections of one server, or of all. */
  connections(owner?: number): RedisConnection[]
  driverOf(owner: number): RedisDriver
  /** Nothing passes between Redis and this server for so long. */
  partition(owner: number, ms: number): void
  /** A server that died neither sends nor takes anything. */
  forget(owner: number): void
}

export interface SimRedisSetup extends RedisSetup {
  readonly random: Random
  readonly latencyMs: number
  readonly maxWaiting: number
  readonly onOverflow: (owner: number) => void
}

const connectTimeoutMs = 5000

export function createSimRedis(setup: SimRedisSetup): SimRedis {
  const { world, random, latencyMs, maxWaiting } = setup
  const process = createRedisProcess(setup)
  const cutUntil = new Map<number, number>()

  const connections = (owner?: number) =>
    [...process.connections].filter((connection) => owner === undefined || connection.owner === owner)

  function driverOf(owner: number): RedisDriver {
    return {
      open: (events, signal) =>
        new Promise((resolve, reject) => {
          let isSettled = false
          const refuse = (why: string) => {
            isSettled = true
            cancel()
            signal.removeEventListener('abort', abort)
            reject(new Error(why))
          }
          const abort = () => refuse('aborted')
          const cancel = world.onServer(connectTimeoutMs, () => refuse('Redis cannot be reached'))
          signal.addEventListener('abort', abort)
          if (signal.aborted) return abort()
          world.onServer(latencyMs * 2, () => {
            if (isSettled || world.now() < (cutUntil.get(owner) ?? 0)) return
            if (!process.isUp) return refuse('connection refused')
            process.take(() => {
              if (isSettled) return
              isSettled = true
              cancel()
              signal.removeEventListener('abort', abort)
              const onOverflow = () => setup.onOverflow(owner)
              const connection = openConnection({ world, random, redis: process, owner, events, latencyMs, maxWaiting, onOverflow }) // prettier-ignore
              process.connections.add(connection)
              resolve(connection.link)
            })
          })
        }),
    }
  }

  return {
    process,
    connections,
    driverOf,
    partition(owner, ms) {
      cutUntil.set(owner, Math.max(cutUntil.get(owner) ?? 0, world.now() + ms))
      for (const connection of connections(owner)) connection.stall(ms)
    },
    forget(owner) {
      cutUntil.set(owner, Infinity)
      for (const connection of connections(owner)) connection.orphan()
    },
  }
}
