import { createAdapter } from '@socket.io/redis-adapter'
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter'
import { createClient } from '@redis/client'
import { redisBackplane } from '@steadystream/server/redis'
import { Server } from 'socket.io'

import { connect } from './redis-clients.ts'
import { startRedis } from './redis-server.ts'

import type { Bench, Round } from './bench.ts'

/** The connections that are cut: those for messages, or those for commands. */
export type Kind = 'pubsub' | 'normal'

const seconds = 10
const perSecond = 1000
const cutMs = 100
// What takes longer does not come.
const patienceMs = 3000

/** Sends from one server; `handle` is called at the other. */
type Open = (url: string, handle: (n: number) => void) => Promise<(n: number) => unknown>

async function contender(kind: Kind, open: Open): Promise<Round> {
  const url = await startRedis()
  let seen: number[] = []
  const send = await open(url, (n) => seen.push(n))
  const admin = await connect('@redis/client', url)
  return async () => {
    seen = []
    const begin = performance.now()
    let sent = 0
    for (let cuts = 0; sent < seconds * perSecond;) {
      const elapsed = performance.now() - begin
      while (sent < Math.min(seconds * perSecond, (elapsed / 1000) * perSecond)) void send(sent++)
      if (elapsed > cuts * cutMs) {
        cuts++
        // Not its own.
        await admin.send(['CLIENT', 'KILL', 'TYPE', kind, 'SKIPME', 'yes'])
      }
      await pause(2)
    }
    const giveUpAt = performance.now() + patienceMs
    while (new Set(seen).size < sent && performance.now() < giveUpAt) await pause(50)
    const different = new Set(seen).size
    return {
      lost: sent - different,
      doubled: seen.length - different,
      'out of order': seen.filter((n, at) => at > 0 && n < (seen[at - 1] ?? 0)).length,
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

const steadystream: Open = async (url, handle) => {
  const [here, there] = [redisBackplane({ url }), redisBackplane({ url })]
  await there.subscribe('a', { event: ({ json }) => handle(Number(json)), missed() {}, complete() {} })
  let round = 0
  return (n) => {
    if (n === 0) round++
    const idempotencyKey = `${round}:${n}`
    const publish = (): Promise<unknown> =>
      here.publish('a', String(n), { idempotencyKey }).catch(() => pause(20).then(publish))
    return publish()
  }
}

async function socketIo(makeAdapter: () => Promise<object>, handle: (n: number) => void): Promise<(n: number) => void> {
  // A cut connection rejects promises that the adapter holds nowhere, which would end the process.
  process.on('unhandledRejection', () => {})
  const [here, there] = await Promise.all(
    // Each library's type of adapter is its own.
    [0, 1].map(async () => new Server({ adapter: (await makeAdapter()) as never })),
  )
  there?.on('news', handle)
  // Until they have heard of each other.
  await pause(500)
  return (n) => void here?.serverSideEmit('news', n)
}

async function quietClient(url: string) {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  return client
}

const socketIoPubSub: Open = (url, handle) =>
  socketIo(async () => createAdapter(await quietClient(url), await quietClient(url)), handle)

const socketIoStreams: Open = (url, handle) =>
  socketIo(async () => createStreamsAdapter(await quietClient(url)), handle)

export function redisStormBench(kind: Kind): Bench {
  const what = kind === 'pubsub' ? 'messages' : 'commands'
  return {
    title: `Redis: ${perSecond * seconds} events from one server to another, connections for ${what} cut ten times a second`,
    measures: [
      { name: 'lost', unit: 'events', compare: 'none', goal: 0 },
      { name: 'doubled', unit: 'events', compare: 'none', goal: 0 },
      { name: 'out of order', unit: 'events', compare: 'none', ...(kind === 'pubsub' && { goal: 0 }) },
    ],
    contenders: {
      '@steadystream/server/redis': () => contender(kind, steadystream),
      'socket.io redis-adapter': () => contender(kind, socketIoPubSub),
      'socket.io redis-streams-adapter': () => contender(kind, socketIoStreams),
    },
    schedule: { warmUps: 0, rounds: 1, atLeast: 1 },
  }
}
