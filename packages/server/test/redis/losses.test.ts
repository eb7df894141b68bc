import { describe, expect, inject, it } from 'vitest'

import { listen } from '../backplane-contract.ts'
import { gatedDriver } from '../support/gated-driver.ts'
import { enterRedis, extent, healthy, publishAll, upTo, waitFor } from '../support/redis-for-test.ts'
import { clientsOf, libraries } from '../support/redis-world.ts'

describe.skipIf(!inject('redisPath')).each(libraries)('Redis faults over %s: what is gone is declared', (library) => {
  it.each([
    ['crashes without its disk', undefined],
    ['crashes with an older snapshot', 'SAVE'],
  ])('when Redis %s', async (_, before) => {
    const { redis, open } = await enterRedis(library)
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    await publishAll(here, 1, 5)
    if (before) await redis.command(before)
    const { epoch } = await here.publish('a', '6')
    await waitFor(() => seen.length === 6)
    await redis.kill()
    await waitFor(() => !here.stats().isConnected)
    await redis.restart()
    await healthy(here, there)
    const next = await here.publish('a', '7')
    await waitFor(() => seen.some((line) => line.endsWith(' 7')))
    expect(next).toEqual({ epoch: expect.not.stringMatching(epoch) as string, offset: 1 })
    expect(seen).toEqual([...upTo(6), 'missed up to 0', '1 7'])
  })

  it('when who is left has seen less than an older snapshot holds', async () => {
    const { redis, open } = await enterRedis(library)
    const [left, gone, fresh] = [open(), open(), open()]
    await publishAll(left, 1, 1)
    await publishAll(gone, 2, 3)
    await redis.command('SAVE')
    await publishAll(gone, 4, 5)
    const seen = await gone.read('a', extent)
    await gone.close()
    await redis.kill()
    await waitFor(() => !left.stats().isConnected)
    await redis.restart()
    await healthy(left, fresh)
    // Under the offsets of what was lost, where the life went on.
    await publishAll(left, 4, 6)
    const { epoch } = await fresh.read('a', extent)
    expect([seen.top, epoch]).toEqual([5, expect.not.stringMatching(seen.epoch)])
  })

  it('not even the end of a channel, when an older snapshot has all but that', async () => {
    const { redis, open } = await enterRedis(library)
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    await publishAll(here, 1, 3)
    await waitFor(() => seen.length === 3)
    await redis.command('SAVE')
    const { epoch } = await here.complete('a')
    await waitFor(() => seen.length === 4)
    await redis.kill()
    await waitFor(() => !here.stats().isConnected)
    await redis.restart()
    await healthy(here, there)
    expect(await here.read('a', extent)).toMatchObject({ epoch, top: 3, completed: true })
    await expect(there.publish('a', '4')).rejects.toMatchObject({ code: 'CHANNEL_COMPLETED' })
    expect(seen).toEqual([...upTo(3), 'complete at 3'])
  })

  it('when Redis is flushed, with the next event or look', async () => {
    const { redis, open } = await enterRedis(library, {}, { checkMs: 300 })
    const [here, there] = [open(), open()]
    const { seen } = await listen(there, 'a')
    await publishAll(here, 1, 3)
    await waitFor(() => seen.length === 3)
    await redis.command('FLUSHALL')
    await waitFor(() => seen.length === 4)
    await here.publish('a', '4')
    await waitFor(() => seen.length === 5)
    expect(seen).toEqual([...upTo(3), 'missed up to 0', '1 4'])
  })

  it('when history was trimmed while messages were lost', async () => {
    const { redis, open } = await enterRedis(library, {}, { history: { size: 3 } })
    const gate = gatedDriver(clientsOf[library](redis.url))
    const [here, there] = [open(), open({ client: undefined, driver: gate.driver })]
    const { seen } = await listen(there, 'a')
    await publishAll(here, 1, 2)
    await waitFor(() => seen.length === 2)
    gate.shut()
    await waitFor(() => !there.stats().isConnected)
    await publishAll(here, 3, 9)
    gate.open()
    await healthy(there)
    await publishAll(here, 10, 10)
    await waitFor(() => seen.length === 7)
    expect(seen).toEqual([...upTo(2), 'missed up to 6', ...upTo(10, 7)])
  })

  it('when single events were deleted', async () => {
    const { redis, open } = await enterRedis(library)
    const here = open()
    const { epoch } = await here.publish('a', '1')
    await publishAll(here, 2, 6)
    await redis.command('XDEL', 'p:{a}:log', `3-${epoch}`, `4-${epoch}`)
    const before = await here.read('a', { after: 0, limit: 99 })
    expect([before.oldest, before.events.map(({ offset }) => offset)]).toEqual([1, [1, 2]])
    const behind = await here.read('a', { after: 2, limit: 99 })
    expect([behind.oldest, behind.events.map(({ offset }) => offset)]).toEqual([5, [5, 6]])
    await redis.command('XDEL', 'p:{a}:log', `6-${epoch}`)
    expect(await here.read('a', { after: 5, limit: 99 })).toMatchObject({ oldest: 7, top: 6, events: [] })
  })
})
