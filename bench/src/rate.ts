import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { cpuMicrosOf, cpuPer } from './bench.ts'
import { listen } from './listen.ts'
import { startSinks } from './sink-orders.ts'
import { formatStamp, nowMicros } from './stamp.ts'

import type { Bench, Round } from './bench.ts'
import type { MakePublisher } from './publisher.ts'
import type { SinkAnswer } from './sink-orders.ts'

export interface Rate {
  readonly connections: number
  readonly eventsPerSecond: number
  readonly seconds: number
}

const p50 = 'latency, median'
const p99 = 'latency, p99'
const cpu = cpuPer('delivery')

/** Publishes what is due, at each turn of a timer. An event's time is when it was due, however late it is published. */
async function publishAtRate(publish: (events: readonly object[]) => void, rate: Rate): Promise<void> {
  const { eventsPerSecond, seconds } = rate
  const total = eventsPerSecond * seconds
  const start = nowMicros()
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((nowMicros() - start) * eventsPerSecond) / 1e6))
    const events = Array.from({ length: due - sent }, (_, at) => ({
      frame: sent + at,
      of: total,
      stage: `rendering ${formatStamp(Math.round(start + ((sent + at) * 1e6) / eventsPerSecond))}`,
    }))
    if (events.length > 0) publish(events)
    sent = due
    await sleep(1)
  }
}

async function contender(makePublisher: MakePublisher, rate: Rate): Promise<Round> {
  const publisher = makePublisher()
  const server = createServer()
  publisher.attach(server)
  const { connections, eventsPerSecond, seconds } = rate
  const { speech, path = '/' } = publisher
  const sinks = await startSinks({ port: await listen(server), connections, speech, path })
  return async () => {
    const expected = eventsPerSecond * seconds
    const received = sinks.receive({ expected, sampleEvery: 10 })
    const cpuMicros = await cpuMicrosOf(async () => {
      await publishAtRate((events) => publisher.publish(events), rate)
      await received
    })
    const answer: SinkAnswer = await received
    return { [p50]: answer.p50, [p99]: answer.p99, [cpu.name]: cpuMicros / (expected * connections) }
  }
}

/** `goalMs`: what our p99 may be at most. */
export function rateBench(
  transport: string,
  publishers: Readonly<Record<string, MakePublisher>>,
  rate: Rate,
  goalMs: number,
): Bench {
  const events = rate.eventsPerSecond.toLocaleString('en')
  return {
    title: `${transport}: one channel at ${events} events/s to ${rate.connections} connections, for ${rate.seconds} s`,
    measures: [
      { name: p50, unit: 'ms', compare: 'ratio' },
      { name: p99, unit: 'ms', compare: 'ratio', goal: goalMs },
      cpu,
    ],
    contenders: Object.fromEntries(
      Object.entries(publishers).map(([name, make]) => [name, () => contender(make, rate)]),
    ),
    schedule: { warmUps: 1, rounds: 3, atLeast: 3 },
  }
}
