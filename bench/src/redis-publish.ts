import { redisBackplane } from '@steadystream/server/redis'

import { channelKeys } from '../../packages/server/src/backplanes/redis/keys.ts'
import { createScripts } from '../../packages/server/src/backplanes/redis/scripts.ts'
import { cpuMicrosOf, cpuPer } from './bench.ts'
import { connect } from './redis-clients.ts'
import { startRedis } from './redis-server.ts'

import type { Bench, Round } from './bench.ts'
import type { Library } from './redis-clients.ts'

const history = { size: 1000, bytes: 1024 * 1024, ttlMs: 600_000, positionTtlMs: 86_400_000 }
const prefix = 'steadystream:'
const channel = 'name:news'
// Published at once, again and again.
const burst = 100
const bursts = 200
const json = JSON.stringify({ frame: 1, of: 240, stage: 'rendering', note: 'x'.repeat(100) })

/** Publishes, and resolves when Redis has answered. */
type Publish = () => Promise<unknown>

async function contender(prepare: () => Promise<Publish>): Promise<Round> {
  const publish = await prepare()
  return async () => {
    const begin = performance.now()
    const cpuMicros = await cpuMicrosOf(async () => {
      for (let turn = 0; turn < bursts; turn++) await Promise.all(Array.from({ length: burst }, publish))
    })
    const seconds = (performance.now() - begin) / 1000
    return { 'CPU per publish': cpuMicros / (burst * bursts), rate: (burst * bursts) / seconds / 1000 }
  }
}

async function steadystream(driver: Library): Promise<Publish> {
  const backplane = redisBackplane({ url: await startRedis(), driver, prefix, history })
  return () => backplane.publish(channel, json)
}

/** The same script on the same keys with the same arguments, and nobody who looks at what comes back. */
async function bareScript(library: Library): Promise<Publish> {
  const { send } = await connect(library, await startRedis())
  const { publish } = createScripts(history)
  await send(['SCRIPT', 'LOAD', publish.text])
  const run = '-0123456789abcdef'
  const { meta, log } = channelKeys(prefix, channel)
  return () => send(['EVALSHA', publish.sha, '2', meta, log, run, '', json])
}

/** What history costs: nothing is kept, and nobody has a place. */
async function barePublish(library: Library): Promise<Publish> {
  const { send } = await connect(library, await startRedis())
  const { meta } = channelKeys(prefix, channel)
  return () => send(['PUBLISH', meta, json])
}

export function redisPublishBench(library: Library): Bench {
  return {
    title: `Redis over ${library}: publishing, ${burst} at a time`,
    measures: [cpuPer('publish', { 'bare EVALSHA': 1.2 }), { name: 'rate', unit: 'thousand/s', compare: 'none' }],
    contenders: {
      '@steadystream/server/redis': () => contender(() => steadystream(library)),
      'bare EVALSHA': () => contender(() => bareScript(library)),
      'bare PUBLISH': () => contender(() => barePublish(library)),
    },
  }
}
