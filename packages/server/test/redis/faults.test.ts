import { describe, expect, inject, it } from 'vitest'

import { listen } from '../backplane-contract.ts'
import { enterRedis, extent, healthy, pause, publishAll, upTo, waitFor } from '../support/redis-for-test.ts'
import { libraries } from '../support/redis-world.ts'

async function repeat(times: number, pauseMs: number, act: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time++) {
    await act()
    await pause(pauseMs)
  }
}

describe.skipIf(!inject('redisPath')).each(libraries)('Redis faults over %s: what is not gone comes', (library) => {
  it.each([
    ['the connection for messages', ['TYPE', 'pubsub']],
    ['the connection for commands', ['TYPE', 'normal']],
  ])('when %s is cut again and again', async (_, which) => {
    const { redis, open } = await enterRedis(library)
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    const own = await listen(here, 'a')
    const cutting = repeat(12, 40, () => redis.command('CLIENT', 'KILL', ...which))
    await publishAll(here, 1, 300, 1)
    await cutting
    await healthy(here, there)
    await publishAll(here, 301, 310)
    await waitFor(() => seen.length >= 310 && own.seen.length >= 310)
    expect(seen).toEqual(upTo(310))
    expect(own.seen).toEqual(upTo(310))
  })

  it('when Redis hangs for a while', async () => {
    const { redis, open, failures } = await enterRedis(library)
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    const sleeping = redis.command('DEBUG', 'SLEEP', '1.5')
    await publishAll(here, 1, 5)
    const many = Array.from({ length: 495 }, (_, index) => here.publish('a', String(index + 6)))
    await Promise.all([sleeping, ...many])
    await waitFor(() => seen.length >= 500)
    expect([seen, failures]).toEqual([upTo(500), []])
  })

  it('when a reader is thrown out for its output buffer', async () => {
    const { redis, open, failures } = await enterRedis(library)
    await redis.command('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 100kb 0 0')
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    const filler = 'x'.repeat(300_000)
    for (let n = 1; n <= 20; n++) await here.publish('a', JSON.stringify({ n, filler }))
    await healthy(there)
    await waitFor(() => seen.length >= 20)
    expect(seen.map((line) => line.slice(0, 12))).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 1} {"n":${index + 1},"filler`.slice(0, 12))) // prettier-ignore
    expect(failures.map(({ stage }) => stage)).toContain('link')
  })

  it('when Redis crashes and has it on its disk', async () => {
    const { redis, open } = await enterRedis(library, { isDurable: true })
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    const { epoch } = await here.publish('a', '1', { idempotencyKey: '1' })
    const publishing = publishAll(here, 2, 200, 1)
    await waitFor(() => seen.length > 20)
    await redis.kill()
    await waitFor(() => !here.stats().isConnected)
    await redis.restart()
    await publishing
    await waitFor(() => seen.length >= 200)
    expect(seen).toEqual(upTo(200))
    expect((await there.read('a', extent)).epoch).toBe(epoch)
  })

  it('when Redis crashes with all that was published in its snapshot', async () => {
    const { redis, open } = await enterRedis(library)
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    await publishAll(here, 1, 5)
    await waitFor(() => seen.length === 5)
    await redis.command('SAVE')
    await redis.kill()
    await redis.restart()
    await healthy(here, there)
    await publishAll(here, 6, 8)
    await waitFor(() => seen.length === 8)
    expect(seen).toEqual(upTo(8))
  })

  it('when an append-only file is turned on, which only those know who came since', async () => {
    const { redis, open } = await enterRedis(library)
    const here = open()
    const { seen } = await listen(here, 'a')
    await publishAll(here, 1, 2)
    await redis.command('CONFIG', 'SET', 'appendonly', 'yes')
    const there = open()
    const later = open()
    for (let n = 3; n <= 11; n += 3) {
      await publishAll(there, n, n)
      await publishAll(later, n + 1, n + 1)
      await publishAll(here, n + 2, n + 2)
    }
    await waitFor(() => seen.length === 11)
    expect(seen).toEqual(upTo(11))
  })

  it('when the hash of the channel is deleted', async () => {
    const { redis, open } = await enterRedis(library)
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    await publishAll(here, 1, 5)
    await redis.command('DEL', 'p:{a}')
    await publishAll(here, 6, 8)
    await waitFor(() => seen.length === 8)
    expect(seen).toEqual(upTo(8))
    expect((await here.read('a', { after: 0, limit: 99 })).events).toHaveLength(8)
  })

  it('when the stream of the channel is deleted: to those who have had it', async () => {
    const { redis, open } = await enterRedis(library)
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    await publishAll(here, 1, 5)
    const { epoch } = await there.read('a', extent)
    await redis.command('DEL', 'p:{a}:log')
    await publishAll(here, 6, 8)
    await waitFor(() => seen.length === 8)
    expect(seen).toEqual(upTo(8))
    expect(await here.read('a', extent)).toMatchObject({ epoch, oldest: 6, top: 8 })
  })

  it('when the scripts are flushed, in the order of the calls', async () => {
    const { redis, open } = await enterRedis(library)
    const here = open()
    const { seen } = await listen(here, 'a')
    let isOver = false
    const flushing = (async () => {
      while (!isOver) await redis.command('SCRIPT', 'FLUSH')
    })()
    for (let burst = 0; burst < 40; burst++) {
      const numbers = Array.from({ length: 10 }, (_, index) => burst * 10 + index + 1)
      await Promise.all(numbers.map((n) => here.publish('a', String(n))))
    }
    isOver = true
    await flushing
    await waitFor(() => seen.length === 400)
    expect(seen).toEqual(upTo(400))
  })

  it('when its message was lost without a trace, at the next look at the position', async () => {
    const { redis, open } = await enterRedis(library, {}, { checkMs: 300 })
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    const { epoch } = await here.publish('a', '1')
    await redis.command('XADD', 'p:{a}:log', `2-${epoch}`, 'd', '2', 'b', '1')
    await redis.command('HSET', 'p:{a}', 'n', '2', 'b', '2')
    await waitFor(() => seen.length === 2)
    expect(seen).toEqual(upTo(2))
  })
})
