import { redisBackplane } from '../../src/backplanes/redis/index.ts'
import { createRealtime } from '../../src/index.ts'

import type { Backplane, Realtime } from '../../src/index.ts'
import type { RedisHistory } from '../../src/backplanes/redis/scripts.ts'
import type { Random } from '../../../core/test/support/random.ts'
import type { World } from '../../../core/test/simulator/world.ts'
import type { SimRedis } from './redis/sim-redis.ts'
import type { ServerFault, Standing } from './server-coverage.ts'
import type { ServerScenario } from './server-scenario.ts'

export const prefix = 'p:'

/** A server process, with the real code in it. */
export interface SimServer {
  readonly number: number
  readonly realtime: Realtime
  readonly backplane: Backplane
  phase: 'up' | 'draining' | 'gone'
  /** Requests that it has not answered. */
  asked: number
  /** Cuts what leads to clients. */
  readonly cuts: Set<() => void>
}

/** The servers, those that are gone included. */
export interface Fleet {
  readonly servers: readonly SimServer[]
  readonly up: readonly SimServer[]
  start(): SimServer
  /** From one moment to the next, and without a word to anybody. */
  kill(server: SimServer): void
  drain(server: SimServer, drainMs: number): void
  /** When one last began to go. */
  readonly lastDeath: number
  /** Where a request goes; `undefined` where nobody listens. */
  route(): SimServer | undefined
  standing(server: SimServer): Standing
  /** Waits until everything that is being closed is. */
  closed(): Promise<unknown>
}

interface FleetSetup {
  readonly world: World
  readonly random: Random
  readonly scenario: ServerScenario
  readonly redis: SimRedis
  readonly history: RedisHistory
  readonly hit: (fault: ServerFault, server: SimServer) => void
}

export function createFleet({ world, random, scenario, redis, history, hit }: FleetSetup): Fleet {
  const servers: SimServer[] = []
  const closing: Promise<void>[] = []
  let lastDeath = -1
  const { timeoutMs, probeMs, checkMs, queuedBytes } = scenario

  function start(): SimServer {
    const number = servers.length + 1
    const backplane = redisBackplane({
      driver: redis.driverOf(number),
      ...{ prefix, history, serverId: `s${number}`, timeoutMs, probeMs, checkMs },
    })
    const limits = { queuedBytes, stallMs: 10_000, replaysPerMinute: 1_000_000 }
    const on = { dropped: () => server.phase !== 'gone' && hit('slow consumer', server) }
    const realtime = createRealtime({ backplane, limits, heartbeat: { intervalMs: 3000 }, authorize: () => true, on })
    const server: SimServer = { number, realtime, backplane, phase: 'up', asked: 0, cuts: new Set() }
    servers.push(server)
    world.trace(`server ${number}: starts`)
    return server
  }

  function close(server: SimServer, drainMs: number): void {
    lastDeath = world.now()
    const closed = server.realtime.close({ drainMs })
    closing.push(
      closed.then(
        () => {
          server.phase = 'gone'
          world.trace(`server ${server.number}: is gone`)
        },
        (error: unknown) => world.fail(`server ${server.number} does not close: ${String(error)}`),
      ),
    )
  }

  return {
    servers,
    get up() {
      return servers.filter(({ phase }) => phase === 'up')
    },
    start,
    get lastDeath() {
      return lastDeath
    },
    kill(server) {
      world.trace(`server ${server.number}: dies`)
      server.phase = 'gone'
      redis.forget(server.number)
      for (const cut of server.cuts) cut()
      // Nobody hears of it any more. It only puts its timers away.
      close(server, 0)
    },
    drain(server, drainMs) {
      world.trace(`server ${server.number}: drains`)
      server.phase = 'draining'
      close(server, drainMs)
    },
    route() {
      const open = servers.filter(({ phase }) => phase !== 'gone')
      const ready = open.filter(({ phase }) => phase === 'up')
      // Who decides where requests go may not have heard of it yet.
      return ready.length === 0 || random.chance(0.1) ? open[random.whole(0, open.length - 1)] : random.pick(ready)
    },
    standing({ phase, backplane, asked }) {
      const { isConnected, isDegraded, remoteSubscriptions } = backplane.stats()
      if (phase === 'draining') return 'draining'
      if (!isConnected) return 'cut off'
      if (isDegraded) return 'catching up'
      if (asked > 0) return 'joining'
      return remoteSubscriptions > 0 ? 'live' : 'idle'
    },
    closed: () => Promise.all(closing),
  }
}
