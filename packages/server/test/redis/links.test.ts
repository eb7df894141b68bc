import { once } from 'node:events'
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

import { createClientPool, createCluster, createSentinel, createClient } from '@redis/client'
import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest'

import { redisBackplane } from '../../src/backplanes/redis/index.ts'
import { listen, receiver } from '../backplane-contract.ts'
import { certificate } from '../support/certificate.ts'
import { gatedDriver } from '../support/gated-driver.ts'
import { startRedis } from '../support/redis-server.ts'
import { clientsOf, libraries } from '../support/redis-world.ts'

import type { AddressInfo, Server } from 'node:net'
import type { Failure } from '../../src/index.ts'
import type { RedisBackplaneOptions } from '../../src/backplanes/redis/index.ts'
import type { RedisServer, RedisServerOptions } from '../support/redis-server.ts'

const extent = { after: 0, limit: 0 }
const patience = { timeout: 10_000, interval: 10 }
let prefixes = 0

async function start(options: RedisServerOptions = {}) {
  const redis = await startRedis(options)
  onTestFinished(() => redis.stop())
  return redis
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // On a TCP port the address is an object.
  return (server.address() as AddressInfo).port
}

async function startMember(): Promise<string> {
  const server = createServer()
  const port = await listening(server)
  server.close()
  // Its own choice may lie beyond the last port.
  const { url } = await start({ args: ['--cluster-enabled', 'yes', '--cluster-port', String(port)] })
  return url
}

async function startEncrypted(): Promise<string> {
  const server = createTlsServer(certificate)
  onTestFinished(() => void server.close())
  return `rediss://localhost:${await listening(server)}`
}

function open(options: RedisBackplaneOptions) {
  const backplane = redisBackplane({ prefix: `p${++prefixes}:`, ...options })
  const failures: Failure[] = []
  backplane.onFailure((failure) => failures.push(failure))
  onTestFinished(() => backplane.close())
  return { backplane, failures }
}

it('takes no client that stands for several servers', () => {
  const nowhere = { host: '127.0.0.1', port: 1 }
  const several = {
    cluster: createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }] }),
    sentinel: createSentinel({ name: 'a', sentinelRootNodes: [nowhere] }),
    pool: createClientPool(),
    'cluster of ioredis': new Cluster([nowhere], { lazyConnect: true }),
  }
  for (const client of Object.values(several)) {
    // Where the types let it pass, or nobody looks at them.
    const options = { client } as unknown as RedisBackplaneOptions
    expect(() => redisBackplane(options)).toThrow(/^client must be .* no cluster, pool or sentinel/)
  }
})

describe.skipIf(!inject('redisPath')).each(libraries)('a link of %s', (library) => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  it.each<[string, RegExp, () => Promise<string>]>([
    ['the password is wrong', /WRONGPASS/, async () => redis.url.replace('//', '//nobody:wrong@')],
    ['Redis is part of a cluster', /cluster, which is not supported/, startMember],
    ['nobody has signed its certificate', /certificate/, startEncrypted],
  ])('says so where %s', async (_, message, urlOf) => {
    const { backplane, failures } = open({ client: clientsOf[library](await urlOf()) })
    const refusal: unknown = await backplane.publish('a', '1').catch((error: unknown) => error)
    const cause = { message: expect.stringMatching(message) as string }
    expect([refusal, failures[0]]).toMatchObject([
      { code: 'UNAVAILABLE', cause },
      { stage: 'link', error: cause },
    ])
  })

  it('settles all that was asked for when it is closed, whenever that was', async () => {
    // Each of the steps that an answer makes inside may be where it ends, and each turn that it waits for Redis.
    for (let steps = 0; steps < 16; steps++) {
      const { backplane } = open({ client: clientsOf[library](redis.url) })
      await backplane.read('a', extent)
      await backplane.subscribe('b', receiver({}))
      const asks = [
        () => backplane.subscribe('a', receiver({})),
        () => backplane.subscribe('b', receiver({})),
        () => backplane.read('a', extent),
        () => backplane.complete('c'),
      ]
      const before = asks.map((ask) => ask())
      for (let step = 0; step < steps; step++) await (step < 12 ? undefined : new Promise(setImmediate))
      const closing = backplane.close()
      const outcomes = await Promise.allSettled([...before, ...asks.map((ask) => ask())])
      await closing
      const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code?: string }).code : 'done')) // prettier-ignore
      expect(codes.filter((code) => code !== 'done' && code !== 'CLOSED')).toEqual([])
      expect(codes.slice(asks.length)).toEqual(asks.map(() => 'CLOSED'))
    }
  })

  it('does not count on what a client was told for other purposes', async () => {
    const told = {
      '@redis/client': () => createClient({ url: redis.url, commandsQueueMaxLength: 3, RESP: 3, disableOfflineQueue: false }), // prettier-ignore
      ioredis: () => new Redis(redis.url, { lazyConnect: true, stringNumbers: true, enableAutoPipelining: true, keyPrefix: 'k:' }), // prettier-ignore
    }
    const { backplane } = open({ client: told[library]() })
    const { seen } = await listen(backplane, 'a')
    await Promise.all(Array.from({ length: 20 }, (_, index) => backplane.publish('a', String(index + 1))))
    await backplane.complete('a')
    expect(await backplane.read('a', extent)).toMatchObject({ completed: true, top: 20 })
    await vi.waitFor(() => expect(seen).toHaveLength(21), patience)
  })

  it('begins anew where its Redis was a replica in between, of one that knew less', async () => {
    const args = ['--repl-diskless-sync-delay', '0']
    const [main, other] = await Promise.all([start({ args }), start({ args })])
    const { backplane } = open({ client: clientsOf[library](main.url), prefix: 'p:' })
    await backplane.publish('a', '1')
    const follow = async (follower: RedisServer, leader: RedisServer) => {
      await follower.command('REPLICAOF', '127.0.0.1', String(leader.port))
      await vi.waitFor(async () => expect(await follower.command('INFO', 'replication')).toContain('master_link_status:up'), patience) // prettier-ignore
      expect(await follower.command('EXISTS', 'p:{a}')).toBe(1)
    }
    await follow(other, main)
    await other.command('REPLICAOF', 'NO', 'ONE')
    const { epoch, offset } = await backplane.publish('a', '2')
    await follow(main, other)
    await expect(backplane.publish('a', '3')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await main.command('REPLICAOF', 'NO', 'ONE')
    const next = await vi.waitFor(() => backplane.publish('a', '4'), patience)
    expect([offset, next]).toEqual([2, { epoch: expect.not.stringMatching(epoch) as string, offset: 1 }])
  })

  it('ends what was published to this process alone as soon as Redis lets it', async () => {
    const gate = gatedDriver(clientsOf[library](redis.url))
    const { backplane, failures } = open({ driver: gate.driver, prefix: 'own:', onUnavailable: 'local' })
    const { seen } = await listen(backplane, 'a')
    for (const key of ['a', 'b']) await backplane.publish(key, '1')
    await vi.waitFor(() => expect(seen).toEqual(['1 1']), patience)
    gate.shut()
    await vi.waitFor(() => Promise.all(['a', 'b'].map((key) => backplane.publish(key, '"local"'))), patience)
    await redis.command('ACL', 'SETUSER', 'default', 'resetkeys', '~own:{a}*')
    gate.open()
    await vi.waitFor(() => expect(seen).toEqual(['1 1', '1 "local"', 'missed up to 0']), patience)
    const refused = () => failures.filter(({ error }) => /NOPERM|can't access/.test(String((error as Error).cause)))
    await vi.waitFor(() => expect(refused().length).toBeGreaterThan(1), patience)
    expect(await backplane.publish('b', '"still"')).toMatchObject({ offset: 2 })
    await backplane.publish('a', '2')
    await vi.waitFor(() => expect(seen.at(-1)).toBe('1 2'), patience)
    expect(backplane.stats()).toMatchObject({ isConnected: true, isDegraded: true })
    await redis.command('ACL', 'SETUSER', 'default', '~*')
    await vi.waitFor(() => expect(backplane.stats().isDegraded).toBe(false), patience)
    expect(await backplane.publish('b', '2')).toMatchObject({ offset: 1 })
  })
})
