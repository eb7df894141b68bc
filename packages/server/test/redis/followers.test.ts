import { describe, expect, inject, it, vi } from 'vitest'

import { listen, receiver } from '../backplane-contract.ts'
import { gatedDriver } from '../support/gated-driver.ts'
import { extent, openForTest, startForTest, waitFor } from '../support/redis-for-test.ts'
import { clientsOf, libraries } from '../support/redis-world.ts'

import type { Backplane } from '../../src/index.ts'

describe.skipIf(!inject('redisPath')).each(libraries)('who follows channels over %s', (library) => {
  it('loses and leaks nothing in 10,000 races of coming and going', { timeout: 30_000 }, async () => {
    const redis = await startForTest()
    const here = openForTest(library, redis.url).backplane
    const { backplane: there, failures } = openForTest(library, redis.url)
    const steady = await listen(there, 'a0')
    let wrong = 0
    for (let round = 0; round < 100; round++) {
      const publishing: Promise<unknown>[] = []
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const key = `a${index % 10}`
          const seen: number[] = []
          const following = there.subscribe(key, receiver({ event: ({ offset }) => seen.push(offset) }))
          if (index % 3 === 0) publishing.push(here.publish(key, '0'))
          const stop = await following
          const { offset } = await here.publish(key, '1')
          if (index % 2) await there.publish(key, '2')
          else await vi.waitUntil(() => seen.includes(offset), { timeout: 5000, interval: 1 })
          stop()
          if (seen.some((one, at) => at > 0 && one !== (seen[at - 1] ?? 0) + 1)) wrong++
        }),
      )
      await Promise.all(publishing)
    }
    const { top } = await there.read('a0', extent)
    await waitFor(() => steady.seen.length === top)
    expect([wrong, failures, steady.seen.map((line) => Number(line.split(' ')[0]))]).toEqual([
      0,
      [],
      Array.from({ length: top }, (_, index) => index + 1),
    ])
    steady.stop()
    await waitFor(() => there.stats().remoteSubscriptions === 0)
    await vi.waitFor(async () => expect(await redis.command('PUBSUB', 'CHANNELS')).toEqual([]))
  })

  it('leaves nothing open, whenever it is closed', async () => {
    const redis = await startForTest()
    const others = async () => String(await redis.command('CLIENT', 'LIST')).split('\n').filter((line) => line && !line.includes('cmd=client')) // prettier-ignore
    const closeAt = async (ready: (backplane: Backplane) => Promise<unknown>) => {
      const { backplane } = openForTest(library, redis.url)
      await ready(backplane)
      await backplane.close()
    }
    await closeAt(async () => {})
    await closeAt((backplane) => backplane.publish('a', '1'))
    await closeAt((backplane) => backplane.subscribe('a', receiver({})))
    const late = openForTest(library, redis.url).backplane
    await late.read('a', extent)
    const onTheWay = late.publish('a', '2')
    await late.close()
    expect(await onTheWay).toMatchObject({ offset: 2 })
    await vi.waitFor(async () => expect(await others()).toEqual([]))
  })

  it('makes one subscription of those of one turn, and lets go of it after a while', async () => {
    const redis = await startForTest()
    const gate = gatedDriver(clientsOf[library](redis.url))
    const { backplane } = openForTest(library, redis.url, { driver: gate.driver })
    await backplane.read('a', extent)
    const keys = Array.from({ length: 1200 }, (_, index) => `k${index}`)
    const stops = await Promise.all([...keys, ...keys].map((key) => backplane.subscribe(key, receiver({}))))
    const commands = String(await redis.command('INFO', 'commandstats'))
    expect(Number(/cmdstat_subscribe:calls=(\d+)/.exec(commands)?.[1])).toBeLessThan(6)
    expect(backplane.stats().remoteSubscriptions).toBe(1200)
    for (const stop of stops) stop()
    expect(backplane.stats().remoteSubscriptions).toBe(1200)
    await waitFor(() => backplane.stats().remoteSubscriptions === 0)
    await vi.waitFor(async () => expect(await redis.command('PUBSUB', 'CHANNELS')).toEqual([]))
  })

  it('reads once for all who ask at the same time, and nothing for those who were just there', async () => {
    const redis = await startForTest()
    const { backplane } = openForTest(library, redis.url)
    await backplane.subscribe('a', receiver({}))
    for (let n = 1; n <= 50; n++) await backplane.publish('a', String(n))
    await waitFor(() => !backplane.stats().isDegraded)
    const calls = async () =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(String(await redis.command('INFO', 'commandstats')))?.[1])
    const before = await calls()
    await Promise.all(Array.from({ length: 1000 }, () => backplane.read('a', extent)))
    expect((await calls()) - before).toBeLessThanOrEqual(2)
    const pages = await Promise.all(
      Array.from({ length: 50 }, (_, after) => backplane.read('a', { after, limit: 128 })),
    )
    expect(pages.map(({ events }) => events.length)).toEqual(Array.from({ length: 50 }, (_, after) => 50 - after))
    expect((await calls()) - before).toBeLessThanOrEqual(2)
  })
})
