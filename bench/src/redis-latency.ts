import { createAdapter } from '@socket.io/redis-adapter'
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter'
import { createClient } from '@redis/client'
import { redisBackplane } from '@steadystream/server/redis'
import { Server } from 'socket.io'

import { cpuMicrosOf } from './bench.ts'
import { startRedis } from './redis-server.ts'

import type { Bench, Round } from './bench.ts'

const messages = 2000
const payload = { frame: 1, of: 240, stage: 'rendering', note: 'x'.repeat(100) }

/** Sends from one server; `handle` is called at the other. */
type Open = (url: string, handle: () => void) => Promise<() => unknown>

async function contender(open: Open): Promise<Round> {
  let arrived: () => void = () => {}
  const send = await open(await startRedis(), () => arrived())
  return async () => {
    const took: number[] = []
    const cpuMicros = await cpuMicrosOf(async () => {
      for (let n = 0; n < messages; n++) {
        const begin = performance.now()
        const arrival = new Promise<void>((resolve) => {
          arrived = resolve
        })
        void send()
        await arrival
        took.push(performance.now() - begin)
      }
    })
    took.sort((one, other) => one - other)
    const at = (part: number) => took[Math.floor(took.length * part)] ?? NaN
    return { 'median latency': at(0.5), 'p99 latency': at(0.99), 'CPU of both': cpuMicros / messages }
  }
}

const steadystream: Open = async (url, handle) => {
  const [here, there] = [redisBackplane({ url }), redisBackplane({ url })]
  await there.subscribe('a', { event: handle, missed: handle, complete: handle })
  return () => here.publish('a', JSON.stringify(payload))
}

async function socketIo(makeAdapter: () => Promise<object>, handle: () => void): Promise<() => unknown> {
  const [here, there] = await Promise.all(
    // Each library's type of adapter is its own.
    [0, 1].map(async () => new Server({ adapter: (await makeAdapter()) as never })),
  )
  there?.on('news', handle)
  // Until they have heard of each other.
  await new Promise((resolve) => setTimeout(resolve, 500))
  return () => here?.serverSideEmit('news', payload)
}

const socketIoPubSub: Open = (url, handle) =>
  socketIo(async () => {
    const clients = [createClient({ url }), createClient({ url })] as const
    for (const client of clients) await client.connect()
    return createAdapter(...clients)
  }, handle)

const socketIoStreams: Open = (url, handle) =>
  socketIo(async () => {
    const client = createClient({ url })
    await client.connect()
    return createStreamsAdapter(client)
  }, handle)

export const redisLatencyBench: Bench = {
  title: 'Redis: from a publish in one server to a handler in another, one after the other',
  measures: [
    { name: 'median latency', unit: 'ms', compare: 'ratio' },
    { name: 'p99 latency', unit: 'ms', compare: 'ratio' },
    { name: 'CPU of both', unit: 'µs', compare: 'ratio' },
  ],
  contenders: {
    '@steadystream/server/redis': () => contender(steadystream),
    'socket.io redis-adapter': () => contender(socketIoPubSub),
    'socket.io redis-streams-adapter': () => contender(socketIoStreams),
  },
}
