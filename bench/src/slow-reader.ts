import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { createRealtime } from '@steadystream/server'

import { listen } from './listen.ts'
import { startSinks } from './sink-orders.ts'
import { formatStamp, nowMicros } from './stamp.ts'

import type { Realtime } from '@steadystream/server'
import type { Bench, Round } from './bench.ts'

const connections = 1000
const intervalMs = 40
const padding = 'x'.repeat(16 * 1024)
// More than a session's queue holds.
const events = 100
// More than the kernel does, which is filled by a channel that nobody else follows.
const fillEvents = 512
const p99 = 'latency, p99'
const queued = 'largest queue of a session that reads'
const memory = 'memory grown by'

/** `withStuck`: one more connection, which never reads. */
async function contender(withStuck: boolean): Promise<Round> {
  let slowClosed = 0
  const realtime = createRealtime({ authorize: () => true, on: { dropped: () => void slowClosed++ } })
  const server = createServer((req, res) => realtime.node(req, res))
  const sinks = await startSinks({ port: await listen(server), connections, speech: 'sse', path: '/?channels=bench' })
  return async () => {
    slowClosed = 0
    globalThis.gc?.()
    const before = process.memoryUsage.rss()
    const received = sinks.receive({
      expected: events,
      sampleEvery: 5,
      ...(withStuck && { stuckPath: '/?channels=bench&channels=fill' }),
    })
    if (withStuck) await fill(realtime)
    let largest = 0
    let grown = 0
    for (let frame = 0; frame < events; frame++) {
      const at = nowMicros()
      void realtime.publish('bench', { frame, of: events, stage: `rendering ${formatStamp(at)}`, padding })
      await sleep(intervalMs)
      const queues = Array.from(realtime.sessions, ({ queuedBytes }) => queuedBytes).sort((a, b) => b - a)
      largest = Math.max(largest, queues[withStuck && slowClosed === 0 ? 1 : 0] ?? 0)
      grown = Math.max(grown, process.memoryUsage.rss() - before)
    }
    const answer = await received
    if (withStuck && slowClosed !== 1) throw new Error(`${slowClosed} slow readers were closed in place of one`)
    return { [p99]: answer.p99, [queued]: largest / 1024, [memory]: grown / 1024 / 1024 }
  }
}

async function fill(realtime: Realtime): Promise<void> {
  while ([...realtime.sessions].length <= connections) await sleep(10)
  for (let event = 0; event < fillEvents && [...realtime.sessions].every(isEmpty); event++) {
    await realtime.publish('fill', padding)
    await sleep(1)
  }
}

function isEmpty({ queuedBytes }: { readonly queuedBytes: number }): boolean {
  return queuedBytes === 0
}

export function slowReaderBench(): Bench {
  return {
    title: `SSE: one reader that never reads among ${connections.toLocaleString('en')} that do, 16 KiB every ${intervalMs} ms`,
    measures: [
      { name: p99, unit: 'ms', compare: 'ratio', goals: { 'without it': 1.5 } },
      { name: queued, unit: 'KiB', compare: 'none', goal: 64 },
      { name: memory, unit: 'MiB', compare: 'none' },
    ],
    contenders: { 'with it': () => contender(true), 'without it': () => contender(false) },
    schedule: { warmUps: 0, rounds: 7, atLeast: 7 },
  }
}
