import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'

import { askServer } from '../../src/backplanes/redis/server-run.ts'
import { redisBackplane } from '../../src/backplanes/redis/index.ts'
import { listen } from '../backplane-contract.ts'
import { startRedis } from '../support/redis-server.ts'
import { clientsOf } from '../support/redis-world.ts'

import type { Backplane } from '../../src/index.ts'

const extent = { after: 0, limit: 0 }

async function enter() {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const open = (): Backplane => {
    const backplane = redisBackplane({ client: clientsOf['@redis/client'](redis.url), prefix: 'p:' })
    onTestFinished(() => backplane.close())
    return backplane
  }
  return { redis, open }
}

describe.skipIf(!inject('redisPath'))('lives of a channel in Redis', () => {
  it('do not come back when an older copy of the data does', async () => {
    const { redis, open } = await enter()
    const here = open()
    const former = await here.publish('a', '1')
    await redis.command('COPY', 'p:{a}', 'p:{copy}')
    await redis.command('COPY', 'p:{a}:log', 'p:{copy}:log')
    await redis.command('DEL', 'p:{a}', 'p:{a}:log')
    const later = await here.publish('a', '2')
    await redis.command('COPY', 'p:{copy}', 'p:{a}', 'REPLACE')
    await redis.command('COPY', 'p:{copy}:log', 'p:{a}:log', 'REPLACE')
    const { epoch } = await here.read('a', extent)
    expect([former.epoch, later.epoch]).not.toContain(epoch)
  })

  it('are over for all of a process once one of its reads has seen the next', async () => {
    const { redis, open } = await enter()
    const here = open()
    const { seen } = await listen(here, 'a')
    const { epoch } = await here.publish('a', '1')
    await vi.waitFor(() => expect(seen).toEqual(['1 1']))
    await redis.command('FLUSHALL')
    const next = await here.read('a', extent)
    expect(next.epoch).not.toBe(epoch)
    expect((await here.read('a', { after: 0, limit: 9 })).epoch).toBe(next.epoch)
    await vi.waitFor(() => expect(seen).toEqual(['1 1', 'missed up to 0']))
  })

  it.each([
    ['has an append-only file', 1, -1, '+'],
    ['has none', 0, -1, '-'],
    ['has one, and took over from another one', 1, 4711, '-'],
  ])('are trusted to a Redis that %s: aof %d, offset %d, %s', async (_, aof, offset, sign) => {
    const infos: Record<string, string> = {
      server: '# Server\r\nrun_id:0123456789abcdef0123456789abcdef01234567\r\n',
      persistence: `# Persistence\r\nloading:0\r\naof_enabled:${aof}\r\n`,
      replication: `# Replication\r\nrole:master\r\nsecond_repl_offset:${offset}\r\n`,
    }
    const nothing = async () => {}
    const send = async ([, section = '']: readonly string[]) => infos[section]
    const run = await askServer({ send, subscribe: nothing, unsubscribe: nothing, destroy() {} })
    expect(run.argument).toBe(`${sign}0123456789abcdef`)
  })
})
