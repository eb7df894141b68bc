import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'

import { startFleet } from '../support/redis-fleet.ts'
import { startRedis } from '../support/redis-server.ts'

import type { RedisServer } from '../support/redis-server.ts'
import type { Fleet } from '../support/redis-fleet.ts'
import type { Library } from '../support/redis-world.ts'

/**
 * Two server processes, clients spread over both, publishers in both. With STEADYSTREAM_STORM_SECONDS=60 it is as long and
 * as hard as it can be: a thousand events a second to a hundred clients. Without, it is one that every run can afford.
 */
const given = process.env['STEADYSTREAM_STORM_SECONDS']
const seconds = given ? Number(given) : 2
const load = given ? { perSecond: 500, clients: 100, sleepSeconds: 5 } : { perSecond: 50, clients: 10, sleepSeconds: 1 }
const patience = { timeout: given ? 120_000 : 15_000, interval: 50 }
const timeout = (seconds + 60) * 1000 + 2 * patience.timeout

interface Storm {
  readonly redis: RedisServer
  readonly fleet: Fleet
  readonly durationMs: number
}

async function brew(library: Library, isDurable: boolean, weather: (storm: Storm) => Promise<void>) {
  const redis = await startRedis({ isDurable })
  onTestFinished(() => redis.stop())
  const { perSecond, clients } = load
  const count = perSecond * seconds
  const fleet = await startFleet({ url: redis.url, library, clients, historySize: count * 2 + 10 })
  onTestFinished(() => fleet.stop())
  const publishing = fleet.publish({ count, perSecond })
  await weather({ redis, fleet, durationMs: seconds * 1000 })
  const retries = await publishing
  // The last ones come in fair weather, so that nobody is left behind without knowing it.
  await vi.waitFor(() => expect(fleet.clients.every(({ isConnected }) => isConnected)).toBe(true), patience)
  return { fleet, count, retries }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

async function everyMs(ms: number, durationMs: number, act: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + durationMs
  let times = 0
  for (; performance.now() < end; times++) {
    await act()
    await pause(ms)
  }
  return times
}

function report(name: string, { fleet, count, retries }: { fleet: Fleet; count: number; retries: number }): void {
  if (!given) return
  const { clients } = fleet
  const had = clients.map(({ counts }) => counts.reduce((sum, each) => sum + each, 0))
  const sum = (pick: (client: Fleet['clients'][number]) => number) => clients.reduce((all, each) => all + pick(each), 0)
  console.log(
    `${name}: ${count * 2} events to ${clients.length} clients in ${seconds} s, lost ${count * 2 * clients.length - had.reduce((all, each) => all + each, 0)}, ` +
      `doubled or out of order ${sum(({ faults }) => faults.length)}, gaps ${sum(({ gaps }) => gaps.length)}, ` +
      `clients that had to come back ${sum(({ reconnects }) => reconnects)}, publishes tried again ${retries}`,
  )
}

describe.skipIf(!inject('redisPath'))('two servers, and a Redis that fails', () => {
  it.each<[string, Library, boolean, (storm: Storm) => Promise<void>]>([
    ['cuts the connections for messages ten times a second', '@redis/client', false, async ({ redis, durationMs }) => {
      await everyMs(100, durationMs, () => redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub'))
    }],
    ['cuts the connections for messages ten times a second', 'ioredis', false, async ({ redis, durationMs }) => {
      await everyMs(100, durationMs, () => redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub'))
    }],
    ['hangs', '@redis/client', false, async ({ redis }) => {
      await redis.command('DEBUG', 'SLEEP', String(load.sleepSeconds))
    }],
    ['throws servers out for their output buffers', '@redis/client', false, async ({ redis, durationMs }) => {
      await redis.command('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 64kb 0 0')
      // One message that is over the limit by itself; nobody gets to see it.
      const filler = 'x'.repeat(200_000)
      await everyMs(300, durationMs, () => redis.command('PUBLISH', 'steadystream:{name:a}', filler))
    }],
    ['crashes, and has it on its disk', '@redis/client', true, async ({ redis, durationMs }) => {
      await pause(durationMs / 3)
      await redis.kill()
      await pause(300)
      await redis.restart()
    }],
  ])('%s (%s): no event is lost or doubled, order is kept, and there is no gap', { timeout }, async (name, library, isDurable, weather) => {
    const result = await brew(library, isDurable, weather)
    const { fleet, count } = result
    await vi.waitFor(
      () => expect(fleet.clients.map(({ counts }) => counts)).toEqual(fleet.clients.map(() => [count, count])),
      patience,
    ).finally(() => report(`${name}, ${library}`, result))
    expect(fleet.clients.flatMap(({ faults }) => faults)).toEqual([])
    expect(fleet.clients.flatMap(({ gaps }) => gaps)).toEqual([])
  }) // prettier-ignore

  it.each<[string, (redis: RedisServer) => Promise<void>]>([
    ['crashes without its disk', async (redis) => {
      await redis.kill()
      await redis.restart()
    }],
    ['is flushed', async (redis) => {
      await redis.command('FLUSHALL')
    }],
  ])('%s: what is gone is declared to each, once, and nothing doubled', { timeout }, async (name, act) => {
    const result = await brew('@redis/client', false, async ({ redis, durationMs }) => {
      await pause(durationMs / 3)
      await act(redis)
    })
    const { fleet, count } = result
    // What was published last is after the crash, and has to come.
    await vi.waitFor(() => expect(fleet.clients.every(({ gaps }) => gaps.length === 1)).toBe(true), patience)
    report(name, result)
    expect(fleet.clients.flatMap(({ faults }) => faults)).toEqual([])
    expect(fleet.clients.map(({ gaps }) => gaps.length)).toEqual(fleet.clients.map(() => 1))
    expect(fleet.clients.every(({ counts }) => counts.every((each) => each > count * 0.3))).toBe(true)
  }) // prettier-ignore
})
