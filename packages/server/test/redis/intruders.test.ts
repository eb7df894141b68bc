import { describe, expect, inject, it } from 'vitest'

import { listen, receiver } from '../backplane-contract.ts'
import { openForTest, startForTest, waitFor } from '../support/redis-for-test.ts'
import { libraries } from '../support/redis-world.ts'

/** Names that Redis reads in some place. */
async function namesIn(redis: { command(...args: string[]): Promise<unknown> }) {
  return [...((await redis.command('KEYS', '*')) as string[]), ...((await redis.command('PUBSUB', 'CHANNELS')) as string[])] // prettier-ignore
}

describe.skipIf(!inject('redisPath')).each(libraries)('redisBackplane over %s, among others', (library) => {
  it('security 13: touches nothing outside its prefix, whatever channels are called', async () => {
    const redis = await startForTest()
    await redis.command('SET', 'foreign', 'untouched')
    const { backplane } = openForTest(library, redis.url)
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
    const redis = await startForTest()
    const rights = ['resetkeys', '~p:*', 'resetchannels', '&p:*', '-@all', '+@read', '+@write', '+@scripting', '+@pubsub', '+@connection', '+xinfo', '+time'] // prettier-ignore
    await redis.command('ACL', 'SETUSER', 'app', 'on', '>secret', ...rights)
    const url = redis.url.replace('//', '//app:secret@')
    const [here, there] = [openForTest(library, url), openForTest(library, url)]
    const { seen } = await listen(there.backplane, 'a')
    await here.backplane.publish('a', '1')
    await waitFor(() => seen.length > 0)
    expect([seen, here.failures, there.failures]).toEqual([['1 1'], [], []])
    const outside = openForTest(library, url, { prefix: 'q:' }).backplane
    await expect(outside.publish('a', '1')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('security 27: drops messages that make no sense, and says so', async () => {
    const redis = await startForTest()
    const { backplane, failures } = openForTest(library, redis.url)
    const { seen } = await listen(backplane, 'a')
    const junk = ['junk', '1:e', '-1:e:1', '1::1', '0:e:1', '99999999999999999:e:1', 'end:1', 'top:x:y', '', '1:e e:1', ':1:'] // prettier-ignore
    for (const text of junk) await redis.command('PUBLISH', 'p:{a}', text)
    await backplane.publish('a', '1')
    await waitFor(() => seen.length > 0)
    expect([seen, failures.map(({ stage, key }) => `${stage} ${key}`)]).toEqual([['1 1'], junk.map(() => 'message a')])
  })

  it('security 27: believes history, not messages about it', async () => {
    const redis = await startForTest()
    const { backplane, failures } = openForTest(library, redis.url)
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
})
