import { createServer } from 'node:http'

import { createRealtime } from '@steadystream/server'

import { listen } from './listen.ts'
import { startSinks } from './sink-orders.ts'
import { formatStamp, nowMicros } from './stamp.ts'

import type { Bench, Round } from './bench.ts'

const last = 'an event is with the last of them after'

/** All come, and get one event. */
async function contender(connections: number): Promise<Round> {
  const realtime = createRealtime()
  const server = createServer((req, res) => realtime.node(req, res, { channel: 'bench' }))
  const sinks = await startSinks({ port: await listen(server), connections, speech: 'sse' })
  return async () => {
    const begun = nowMicros()
    const received = sinks.receive({ expected: 1 })
    await realtime.publish('bench', { frame: 1, of: 1, stage: `rendering ${formatStamp(begun)}` })
    await received
    return { [last]: (nowMicros() - begun) / 1000 }
  }
}

export function holdBench(connections: number): Bench {
  return {
    title: `SSE: ${connections.toLocaleString('en')} connections hold`,
    measures: [{ name: last, unit: 'ms', compare: 'none' }],
    contenders: { '@steadystream/server': () => contender(connections) },
    schedule: { warmUps: 1, rounds: 5, atLeast: 3 },
    descriptors: connections + 500,
  }
}
