import { createAdapter } from '@socket.io/redis-adapter'
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter'
import { createClient } from '@redis/client'
import { redisBackplane } from '@steadystream/server/redis'
import { Server } from 'socket.io'

import { connect } from './redis-clients.ts'
import { startRedis } from './redis-server.ts'

import type { Bench, Round } from './bench.ts'
import type { BareClient } from './redis-clients.ts'

/** What happens to Redis meanwhile. */
interface Weather {
  readonly title: string
  /** How often, in milliseconds. */
  readonly everyMs: number
  act(send: BareClient['send']): Promise<unknown>
  /** Whether all can be had in order; else publishers have to try again, and come late. */
  readonly isOrdered: boolean
}

// One message that is over the limit by itself.
const filler = 'x'.repeat(200_000)

const weathers = {
  messages: {
    title: 'connections for messages cut ten times a second',
    everyMs: 100,
    act: (send) => send(['CLIENT', 'KILL', 'TYPE', 'pubsub']),
    isOrdered: true,
  },
  commands: {
    title: 'connections for commands cut ten times a second',
    everyMs: 100,
    act: (send) => send(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']),
    isOrdered: false,
  },
  hang: {
    title: 'Redis hangs for five seconds',
    everyMs: Infinity,
    act: (send) => send(['DEBUG', 'SLEEP', '5']),
    isOrdered: true,
  },
  buffers: {
    title: 'readers thrown out for their output buffers three times a second',
    everyMs: 300,
    async act(send) {
      await send(['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 64kb 0 0'])
      const names = (await send(['PUBSUB', 'CHANNELS'])) as readonly string[] // as Redis answers it
      for (const name of names) await send(['PUBLISH', name, filler])
    },
    isOrdered: true,
  },
} satisfies Readonly<Record<string, Weather>>

// As long as that of the tests, if it is to be compared with it.
const seconds = Number(process.env['STEADYSTREAM_STORM_SECONDS'] ?? 10)
const perSecond = 1000
// What takes longer does not come.
const patienceMs = 3000

/** Sends from one server; `handle` is called at the other. */
type Open = (url: string, handle: (n: number) => void) => Promise<(n: number) => unknown>

async function contender({ everyMs, act }: Weather, open: Open): Promise<Round> {
  const url = await startRedis()
  let seen: number[] = []
  const send = await open(url, (n) => seen.push(n))
  const admin = await connect('@redis/client', url)
  return async () => {
    seen = []
    const begin = performance.now()
    let sent = 0
    for (let nextMs = 0; sent < seconds * perSecond;) {
      const elapsed = performance.now() - begin
      while (sent < Math.min(seconds * perSecond, (elapsed / 1000) * perSecond)) void send(sent++)
      if (elapsed >= nextMs) {
        nextMs += everyMs
        // Publishing goes on meanwhile.
        void act(admin.send)
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

export const redisStormBenches: Readonly<Record<string, Bench>> = Object.fromEntries(
  Object.entries<Weather>(weathers).map(([name, weather]) => [`redis-storm-${name}`, stormBench(weather)]),
)

function stormBench(weather: Weather): Bench {
  return {
    title: `Redis: ${perSecond * seconds} events from one server to another, ${weather.title}`,
    measures: [
      { name: 'lost', unit: 'events', compare: 'none', goal: 0 },
      { name: 'doubled', unit: 'events', compare: 'none', goal: 0 },
      { name: 'out of order', unit: 'events', compare: 'none', ...(weather.isOrdered && { goal: 0 }) },
    ],
    contenders: {
      '@steadystream/server/redis': () => contender(weather, steadystream),
      'socket.io redis-adapter': () => contender(weather, socketIoPubSub),
      'socket.io redis-streams-adapter': () => contender(weather, socketIoStreams),
    },
    schedule: { warmUps: 0, rounds: 1, atLeast: 1 },
  }
}
