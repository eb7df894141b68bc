import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { listen } from './listen.ts'
import { startSinks } from './sink-orders.ts'

import type { Bench, Round } from './bench.ts'
import type { MakePublisher } from './publisher.ts'

const heap = 'heap and buffers per connection'
const resident = 'resident memory per connection'

interface Memory {
  readonly heap: number
  readonly resident: number
}

async function contender(makePublisher: MakePublisher, connections: number): Promise<Round> {
  return async () => {
    const publisher = makePublisher()
    const server = createServer()
    publisher.attach(server)
    const { speech, path = '/' } = publisher
    const port = await listen(server)
    // What the first connections have the process load and compile is no cost of a connection.
    await startSinks({ port, connections: 100, speech, path })
    const before = await settledMemory()
    await startSinks({ port, connections, speech, path })
    const after = await settledMemory()
    return {
      [heap]: (after.heap - before.heap) / connections / 1024,
      [resident]: (after.resident - before.resident) / connections / 1024,
    }
  }
}

/** When everything that can be collected is. */
async function settledMemory(): Promise<Memory> {
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc?.()
    await sleep(250)
  }
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed + external, resident: process.memoryUsage.rss() }
}

/** `goals`: by how many KiB our connections may be larger than a peer's. */
export function idleMemoryBench(
  transport: string,
  publishers: Readonly<Record<string, MakePublisher>>,
  connections: number,
  goals: Readonly<Record<string, number>>,
): Bench {
  return {
    title: `${transport}: memory of ${connections.toLocaleString('en')} idle connections`,
    measures: [
      { name: heap, unit: 'KiB', compare: 'difference', goals },
      { name: resident, unit: 'KiB', compare: 'difference', goals },
    ],
    contenders: Object.fromEntries(
      Object.entries(publishers).map(([name, make]) => [name, () => contender(make, connections)]),
    ),
    // Memory that was freed is used again, and not given back.
    isFresh: true,
    schedule: { warmUps: 0, rounds: 3, atLeast: 3 },
  }
}
