import { createServer } from 'node:http'
import { setImmediate as turnEnd } from 'node:timers/promises'

import { cpuMicrosOf, cpuPer } from './bench.ts'
import { listen } from './listen.ts'
import { startSinks } from './sink-orders.ts'
import { marker } from './stamp.ts'

import type { Bench, Round } from './bench.ts'
import type { MakePublisher } from './publisher.ts'

/** How much is published in a round. */
export interface Load {
  readonly connections: number
  readonly eventsPerTurn: number
  readonly turns: number
}

async function contender(
  makePublisher: MakePublisher,
  { connections, eventsPerTurn, turns }: Load,
  measure: string,
): Promise<Round> {
  const publisher = makePublisher()
  const server = createServer()
  publisher.attach(server)
  const { speech, path = '/' } = publisher
  const sinks = await startSinks({ port: await listen(server), connections, speech, path })
  const events = turns * eventsPerTurn

  async function publishAll(): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      const first = turn * eventsPerTurn
      publisher.publish(
        Array.from({ length: eventsPerTurn }, (_, at) => ({
          frame: first + at,
          of: events,
          stage: `rendering ${marker}`,
        })),
      )
      await turnEnd()
    }
  }

  return async () => {
    const received = sinks.receive({ expected: events })
    const cpuMicros = await cpuMicrosOf(async () => {
      await publishAll()
      await received
    })
    return { [measure]: cpuMicros / (events * connections) }
  }
}

/** `goals`: what our CPU time per delivery may be at most as a multiple of a peer's. */
export function fanOutBench(
  transport: string,
  publishers: Readonly<Record<string, MakePublisher>>,
  load: Load,
  goals: Readonly<Record<string, number>> = {},
): Bench {
  const { connections, eventsPerTurn } = load
  const rhythm = eventsPerTurn === 1 ? 'one event per turn' : `bursts of ${eventsPerTurn} per turn`
  const measure = cpuPer('delivery', goals)
  return {
    title: `${transport} fan-out: ${connections.toLocaleString('en')} connections, ${rhythm}`,
    measures: [measure],
    contenders: Object.fromEntries(
      Object.entries(publishers).map(([name, make]) => [name, () => contender(make, load, measure.name)]),
    ),
  }
}
