import { redisBackplane } from '@steadystream/server/redis'

import { cpuMicrosOf, cpuPer } from './bench.ts'
import { connect } from './redis-clients.ts'
import { startRedis } from './redis-server.ts'

import type { Bench, Round } from './bench.ts'
import type { Library } from './redis-clients.ts'

const messages = 20_000
const json = JSON.stringify({ frame: 1, of: 240, stage: 'rendering', note: 'x'.repeat(100) })
/** Redis itself publishes: what this process spends is spent on receiving. */
const storm = `
local top = tonumber(ARGV[1])
for n = top + 1, top + ${messages} do
  redis.call('PUBLISH', KEYS[1], string.format('%.0f', n) .. ':' .. ARGV[2] .. ':' .. ARGV[3])
end
redis.call('HSET', KEYS[1], 'n', string.format('%.0f', top + ${messages}))
`

/** Where the messages come, and who is called with each. */
interface Inbox {
  readonly name: string
  readonly epoch: string
}

async function contender(library: Library, open: (url: string, handle: () => void) => Promise<Inbox>): Promise<Round> {
  const url = await startRedis()
  let top = 0
  let waiting = 0
  let finish: () => void = () => {}
  const { name, epoch } = await open(url, () => {
    if (--waiting === 0) finish()
  })
  const { send } = await connect(library, url)
  return async () => {
    waiting = messages
    const all = new Promise<void>((resolve) => {
      finish = resolve
    })
    const cpuMicros = await cpuMicrosOf(async () => {
      await send(['EVAL', storm, '1', name, String(top), epoch, json])
      await all
    })
    top += messages
    return { 'CPU per message': cpuMicros / messages }
  }
}

async function steadystream(driver: Library, url: string, handle: () => void): Promise<Inbox> {
  const backplane = redisBackplane({ url, driver })
  await backplane.subscribe('a', { event: handle, missed: handle, complete: handle })
  const { epoch } = await backplane.read('a', { after: 0, limit: 0 })
  return { name: 'steadystream:{a}', epoch }
}

async function bareCallback(library: Library, url: string, handle: () => void): Promise<Inbox> {
  const client = await connect(library, url)
  await client.subscribe('bare', handle)
  return { name: 'bare', epoch: '1234567890123456789' }
}

export function redisDeliverBench(library: Library): Bench {
  return {
    title: `Redis over ${library}: messages to one handler`,
    measures: [cpuPer('message', { 'bare callback': 1.5 })],
    contenders: {
      '@steadystream/server/redis': () => contender(library, (url, handle) => steadystream(library, url, handle)),
      'bare callback': () => contender(library, (url, handle) => bareCallback(library, url, handle)),
    },
  }
}
