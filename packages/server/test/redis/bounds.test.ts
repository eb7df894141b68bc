import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'

import { listen, receiver } from '../backplane-contract.ts'
import { extent, openForTest, startForTest, waitFor } from '../support/redis-for-test.ts'
import { libraries } from '../support/redis-world.ts'
import { startProxy } from '../support/tcp-proxy.ts'

describe.skipIf(!inject('redisPath')).each(libraries)('redisBackplane over %s', (library) => {
  it('refuses publishers at once while Redis is away, and goes on when it is there', async () => {
    const redis = await startForTest()
    await redis.kill()
    const { backplane, failures } = openForTest(library, redis.url)
    await expect(backplane.publish('a', '1')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const before = performance.now()
    await expect(backplane.publish('a', '1')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(performance.now() - before).toBeLessThan(50)
    expect(backplane.stats()).toMatchObject({ isConnected: false, isDegraded: true })
    expect(failures.map(({ stage }) => stage)).toContain('link')
    await redis.restart()
    await waitFor(() => backplane.stats().isConnected)
    expect(await backplane.publish('a', '1')).toMatchObject({ offset: 1 })
  })

  it('serves its own clients meanwhile where it is told to, behind a gap, and begins anew for all', async () => {
    const redis = await startForTest({ isDurable: true })
    const [here, there] = [{ onUnavailable: 'local' } as const, {}].map((options) => openForTest(library, redis.url, options).backplane) // prettier-ignore
    if (!here || !there) throw new Error('two were opened')
    const [own, other] = [await listen(here, 'a'), await listen(there, 'a')]
    const { epoch } = await here.publish('a', '1')
    // What has not arrived before the crash may never.
    await waitFor(() => [own, other].every(({ seen }) => seen.includes('1 1')))
    await redis.kill()
    await waitFor(() => !here.stats().isConnected && !there.stats().isConnected)
    // The link that publishes may hear of the crash after the other one, and then nobody knows what became of an event.
    const local = await vi.waitFor(() => here.publish('a', '"x"'))
    expect(await here.publish('a', '"y"')).toEqual({ epoch: local.epoch, offset: 2 })
    expect((await here.read('a', { after: 0, limit: 9 })).events.map(({ json }) => json)).toEqual(['"x"', '"y"'])
    await expect(there.publish('a', '"z"')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await redis.restart()
    await waitFor(() => [here, there].every((backplane) => !backplane.stats().isDegraded))
    await waitFor(() => own.seen.length === 4)
    const next = await here.publish('a', '3')
    expect([epoch, local.epoch]).not.toContain(next.epoch)
    await waitFor(() => own.seen.includes('1 3') && other.seen.includes('1 3'))
    expect(own.seen).toEqual(['1 1', '1 "x"', '2 "y"', 'missed up to 0', '1 3'])
    expect(other.seen).toEqual(['1 1', 'missed up to 0', '1 3'])
  })

  it('waits a bounded time with reads, subscriptions and the end of a channel', async () => {
    const redis = await startForTest()
    const { backplane } = openForTest(library, redis.url)
    await backplane.publish('a', '1')
    await redis.kill()
    await waitFor(() => !backplane.stats().isConnected)
    const calls = [backplane.read('a', extent), backplane.subscribe('a', receiver({})), backplane.complete('a')]
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes).toMatchObject(calls.map(() => ({ status: 'rejected', reason: { code: 'UNAVAILABLE' } })))
    const patient = backplane.read('a', extent)
    await redis.restart()
    expect(await patient).toMatchObject({ top: 0 })
  })

  it('security 20: lets only so much wait for a Redis that hangs', async () => {
    const redis = await startForTest()
    const { backplane } = openForTest(library, redis.url)
    await backplane.publish('a', '0')
    const sleeping = redis.command('DEBUG', 'SLEEP', '1')
    // Its turn has to have come.
    await new Promise((resolve) => setTimeout(resolve, 200))
    const filler = JSON.stringify('x'.repeat(4 * 1024 * 1024))
    const big = Array.from({ length: 10 }, () => backplane.publish('a', filler))
    const outcomes = await Promise.allSettled(big)
    expect(outcomes.map(({ status }) => status)).toEqual([...Array<string>(7).fill('fulfilled'), ...Array<string>(3).fill('rejected')]) // prettier-ignore
    await sleeping
    expect(await backplane.publish('a', '1')).toMatchObject({ offset: 9 })
  })

  it('finds a link out that stands and brings nothing', async () => {
    const redis = await startForTest()
    const proxy = await startProxy(redis.port)
    onTestFinished(() => proxy.stop())
    const here = openForTest(library, redis.url).backplane
    const { backplane: there, failures } = openForTest(library, `redis://127.0.0.1:${proxy.port}`, { probeMs: 300, timeoutMs: 1200 }) // prettier-ignore
    const { seen } = await listen(there, 'a')
    proxy.freeze()
    const stuck = there.publish('b', '1')
    await here.publish('a', '1')
    await expect(stuck).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await waitFor(() => seen.length > 0)
    expect(seen).toEqual(['1 1'])
    expect(failures.map(({ error }) => String(error)).toSorted()).toEqual(['Error: Redis answered nothing for 1200 ms', 'Error: Redis did not answer a PING within 1200 ms']) // prettier-ignore
    expect(proxy.connections).toBe(4)
  })

  it('leaves a quiet link alone that answers', async () => {
    const redis = await startForTest()
    const proxy = await startProxy(redis.port)
    onTestFinished(() => proxy.stop())
    const { backplane, failures } = openForTest(library, `redis://127.0.0.1:${proxy.port}`, {
      probeMs: 20,
      timeoutMs: 400,
    })
    const { seen } = await listen(backplane, 'a')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await backplane.publish('a', '1')
    await waitFor(() => seen.length > 0)
    expect([failures, proxy.connections]).toEqual([[], 2])
  })

  it('does not take a halt of its own process for one of Redis', async () => {
    const redis = await startForTest()
    const { backplane, failures } = openForTest(library, redis.url, { probeMs: 1, timeoutMs: 300 })
    await backplane.publish('a', '1')
    // Until that has been looked at.
    await new Promise((resolve) => setTimeout(resolve, 400))
    const publishing = backplane.publish('a', '2')
    const goOnAt = performance.now() + 700
    while (performance.now() < goOnAt);
    expect(await publishing).toMatchObject({ offset: 2 })
    expect(failures).toEqual([])
  })

  it('changes nothing where Redis is out of memory', async () => {
    const redis = await startForTest()
    const { backplane, failures } = openForTest(library, redis.url)
    const { seen } = await listen(backplane, 'a')
    const { epoch } = await backplane.publish('a', '1')
    await redis.command('CONFIG', 'SET', 'maxmemory', '1')
    await expect(backplane.publish('a', '2')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await redis.command('CONFIG', 'SET', 'maxmemory', '0')
    expect(await backplane.publish('a', '3')).toEqual({ epoch, offset: 2 })
    await waitFor(() => seen.length === 2)
    expect([seen, failures]).toEqual([['1 1', '2 3'], []])
  })

  it('keeps so many events and bytes', async () => {
    const redis = await startForTest()
    const { backplane } = openForTest(library, redis.url, { history: { size: 5, bytes: 1000 } })
    const { backplane: none } = openForTest(library, redis.url, { prefix: 'none:', history: { size: 0 } })
    const offsets = async () => (await backplane.read('a', { after: 0, limit: 99 })).events.map(({ offset }) => offset)
    for (let n = 1; n <= 8; n++) await backplane.publish('a', String(n))
    expect(await offsets()).toEqual([4, 5, 6, 7, 8])
    for (let n = 9; n <= 11; n++) await backplane.publish('a', JSON.stringify('x'.repeat(400)))
    expect(await offsets()).toEqual([10, 11])
    await backplane.publish('a', JSON.stringify('x'.repeat(2000)))
    expect(await backplane.read('a', { after: 0, limit: 9 })).toMatchObject({ oldest: 13, top: 12, events: [] })
    await backplane.publish('a', '13')
    expect(await offsets()).toEqual([13])
    await none.publish('a', '1')
    expect(await none.read('a', { after: 0, limit: 9 })).toMatchObject({ oldest: 2, top: 1, events: [] })
  })

  it('forgets events and channels in time, and completed ones with their events', async () => {
    const redis = await startForTest()
    const { backplane } = openForTest(library, redis.url, { history: { ttlMs: 1500, positionTtlMs: 400_000 } })
    await backplane.publish('a', '1', { idempotencyKey: 'k' })
    await backplane.read('read', extent)
    await backplane.publish('over', '1')
    await backplane.complete('over')
    const ttl = async (key: string) => Math.ceil(Number(await redis.command('PTTL', key)) / 1000)
    const keys = ['p:{a}', 'p:{a}:log', 'p:{a}:once:k', 'p:{read}', 'p:{over}', 'p:{over}:log']
    expect(await Promise.all(keys.map(ttl))).toEqual([400, 2, 300, 300, 3, 2])
    await waitFor(() => redis.command('EXISTS', 'p:{a}:log').then((count) => count === 0))
    await vi.waitUntil(async () => (await redis.command('EXISTS', 'p:{a}:log')) === 0, { timeout: 5000 })
    expect(await backplane.read('a', { after: 0, limit: 9 })).toMatchObject({ oldest: 2, top: 1, events: [] })
    expect(await backplane.publish('a', '2')).toMatchObject({ offset: 2 })
  })
})
