import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'

import { redisBackplane } from '../../src/backplanes/redis/index.ts'
import { listen, receiver } from '../backplane-contract.ts'
import { gatedDriver } from '../support/gated-driver.ts'
import { startRedis } from '../support/redis-server.ts'
import { clientsOf, libraries } from '../support/redis-world.ts'
import { startProxy } from '../support/tcp-proxy.ts'

import type { Backplane, Failure } from '../../src/index.ts'
import type { RedisBackplaneOptions } from '../../src/backplanes/redis/index.ts'
import type { RedisServerOptions } from '../support/redis-server.ts'
import type { Library } from '../support/redis-world.ts'

const extent = { after: 0, limit: 0 }

async function start(options: RedisServerOptions = {}) {
  const redis = await startRedis(options)
  onTestFinished(() => redis.stop())
  return redis
}

function open(library: Library, url: string, options: Partial<RedisBackplaneOptions> = {}) {
  const client = options.driver ? undefined : clientsOf[library](url)
  const backplane = redisBackplane({ client, prefix: 'p:', ...options })
  const failures: Failure[] = []
  backplane.onFailure((failure) => failures.push(failure))
  onTestFinished(() => backplane.close())
  return { backplane, failures }
}

async function waitFor(check: () => unknown): Promise<void> {
  await vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 10 })
}

/** Names that Redis reads in some place. */
async function namesIn(redis: { command(...args: string[]): Promise<unknown> }) {
  return [...((await redis.command('KEYS', '*')) as string[]), ...((await redis.command('PUBSUB', 'CHANNELS')) as string[])] // prettier-ignore
}

describe.skipIf(!inject('redisPath')).each(libraries)('redisBackplane over %s', (library) => {
  it('refuses publishers at once while Redis is away, and goes on when it is there', async () => {
    const redis = await start()
    await redis.kill()
    const { backplane, failures } = open(library, redis.url)
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
    const redis = await start({ isDurable: true })
    const [here, there] = [{ onUnavailable: 'local' } as const, {}].map((options) => open(library, redis.url, options).backplane) // prettier-ignore
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
    const redis = await start()
    const { backplane } = open(library, redis.url)
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
    const redis = await start()
    const { backplane } = open(library, redis.url)
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
    const redis = await start()
    const proxy = await startProxy(redis.port)
    onTestFinished(() => proxy.stop())
    const here = open(library, redis.url).backplane
    const { backplane: there, failures } = open(library, `redis://127.0.0.1:${proxy.port}`, { probeMs: 300, timeoutMs: 600 }) // prettier-ignore
    const { seen } = await listen(there, 'a')
    proxy.freeze()
    const stuck = there.publish('b', '1')
    await here.publish('a', '1')
    await expect(stuck).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await waitFor(() => seen.length > 0)
    expect(seen).toEqual(['1 1'])
    expect(failures.map(({ error }) => String(error)).toSorted()).toEqual(['Error: Redis answered nothing for 600 ms', 'Error: Redis did not answer a PING within 600 ms']) // prettier-ignore
    expect(proxy.connections).toBe(4)
  })

  it('leaves a quiet link alone that answers', async () => {
    const redis = await start()
    const proxy = await startProxy(redis.port)
    onTestFinished(() => proxy.stop())
    const { backplane, failures } = open(library, `redis://127.0.0.1:${proxy.port}`, { probeMs: 20, timeoutMs: 400 })
    const { seen } = await listen(backplane, 'a')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await backplane.publish('a', '1')
    await waitFor(() => seen.length > 0)
    expect([failures, proxy.connections]).toEqual([[], 2])
  })

  it('changes nothing where Redis is out of memory', async () => {
    const redis = await start()
    const { backplane, failures } = open(library, redis.url)
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
    const redis = await start()
    const { backplane } = open(library, redis.url, { history: { size: 5, bytes: 1000 } })
    const { backplane: none } = open(library, redis.url, { prefix: 'none:', history: { size: 0 } })
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
    const redis = await start()
    const { backplane } = open(library, redis.url, { history: { ttlMs: 1500, positionTtlMs: 400_000 } })
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

  it('security 13: touches nothing outside its prefix, whatever channels are called', async () => {
    const redis = await start()
    await redis.command('SET', 'foreign', 'untouched')
    const { backplane } = open(library, redis.url)
    const hostile = [
      '*',
      '?',
      '[a-z]*',
      'a}:b{c',
      '../foreign',
      'foreign',
      '\n',
      'a\0b',
      '{}',
      '%',
      '\\',
      ' ',
      '\u2028',
    ]
    for (const key of hostile) {
      await backplane.subscribe(key, receiver({}))
      await backplane.publish(key, '1', { idempotencyKey: key })
      await backplane.complete(key)
    }
    const names = await namesIn(redis)
    expect(names.filter((name) => name !== 'foreign' && !/^p:\{[^{}*?[\]\\\s]+\}(:log|:once:[^{}*?[\]\\\s]+)?$/.test(name))).toEqual([]) // prettier-ignore
    expect(names).toHaveLength(1 + 4 * hostile.length)
    expect(await redis.command('PUBSUB', 'NUMPAT')).toBe(0)
    expect(await redis.command('GET', 'foreign')).toBe('untouched')
  })

  it('security 27: gets by with the rights to its prefix', async () => {
    const redis = await start()
    const rights = ['resetkeys', '~p:*', 'resetchannels', '&p:*', '-@all', '+@read', '+@write', '+@scripting', '+@pubsub', '+@connection', '+xinfo', '+time'] // prettier-ignore
    await redis.command('ACL', 'SETUSER', 'app', 'on', '>secret', ...rights)
    const url = redis.url.replace('//', '//app:secret@')
    const [here, there] = [open(library, url), open(library, url)]
    const { seen } = await listen(there.backplane, 'a')
    await here.backplane.publish('a', '1')
    await waitFor(() => seen.length > 0)
    expect([seen, here.failures, there.failures]).toEqual([['1 1'], [], []])
    const outside = open(library, url, { prefix: 'q:' }).backplane
    await expect(outside.publish('a', '1')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('security 27: drops messages that make no sense, and says so', async () => {
    const redis = await start()
    const { backplane, failures } = open(library, redis.url)
    const { seen } = await listen(backplane, 'a')
    const junk = ['junk', '1:e', '-1:e:1', '1::1', '0:e:1', '99999999999999999:e:1', 'end:1', 'top:x:y', '', '1:e e:1', ':1:'] // prettier-ignore
    for (const text of junk) await redis.command('PUBLISH', 'p:{a}', text)
    await backplane.publish('a', '1')
    await waitFor(() => seen.length > 0)
    expect([seen, failures.map(({ stage, key }) => `${stage} ${key}`)]).toEqual([['1 1'], junk.map(() => 'message a')])
  })

  it('loses and leaks nothing in 10,000 races of coming and going', { timeout: 30_000 }, async () => {
    const redis = await start()
    const here = open(library, redis.url).backplane
    const { backplane: there, failures } = open(library, redis.url)
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

  it('security 27: believes history, not messages about it', async () => {
    const redis = await start()
    const { backplane, failures } = open(library, redis.url)
    const { seen } = await listen(backplane, 'a')
    const { epoch } = await backplane.publish('a', '1')
    for (const text of [`9:${epoch}:"forged"`, '1:other:"forged"', `end:1:${epoch}`, 'end:5:other', 'top:0:other']) {
      await redis.command('PUBLISH', 'p:{a}', text)
    }
    await waitFor(() => !backplane.stats().isDegraded)
    await backplane.publish('a', '2')
    await waitFor(() => seen.includes('2 2'))
    expect([seen.filter((line) => line.includes('forged')), failures]).toEqual([[], []])
  })

  it('leaves nothing open, whenever it is closed', async () => {
    const redis = await start()
    const others = async () => String(await redis.command('CLIENT', 'LIST')).split('\n').filter((line) => line && !line.includes('cmd=client')) // prettier-ignore
    const closeAt = async (ready: (backplane: Backplane) => Promise<unknown>) => {
      const { backplane } = open(library, redis.url)
      await ready(backplane)
      await backplane.close()
    }
    await closeAt(async () => {})
    await closeAt((backplane) => backplane.publish('a', '1'))
    await closeAt((backplane) => backplane.subscribe('a', receiver({})))
    const late = open(library, redis.url).backplane
    await late.read('a', extent)
    const onTheWay = late.publish('a', '2')
    await late.close()
    expect(await onTheWay).toMatchObject({ offset: 2 })
    await vi.waitFor(async () => expect(await others()).toEqual([]))
  })

  it('makes one subscription of those of one turn, and lets go of it after a while', async () => {
    const redis = await start()
    const gate = gatedDriver(clientsOf[library](redis.url))
    const { backplane } = open(library, redis.url, { driver: gate.driver })
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
    const redis = await start()
    const { backplane } = open(library, redis.url)
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
