import { createServer } from 'node:http'
import { setImmediate as turnEnd } from 'node:timers/promises'
import { once } from 'node:events'

import { cpuMicrosOf } from './bench.ts'
import { bareLoop, betterSse, betterSseBatched, joinedLoop, steadystream } from './publishers.ts'
import { startHelper } from './helper.ts'
import { listen } from './listen.ts'

import type { Bench, Round } from './bench.ts'
import type { MakePublisher } from './publishers.ts'

/** How much is published in a round. */
interface Load {
  readonly eventsPerTurn: number
  readonly turns: number
}

const connections = 200

async function contender(makePublisher: MakePublisher, { eventsPerTurn, turns }: Load): Promise<Round> {
  const publisher = makePublisher()
  const port = await listen(createServer((req, res) => publisher.serve(req, res)))
  // It reports once each of its connections has the response headers.
  const { child: sinks } = await startHelper('sinks', String(port), String(connections))
  const events = turns * eventsPerTurn

  async function publishAll(): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      const first = turn * eventsPerTurn
      // The sinks count the `@`: it is in every event once, and nowhere else on the wire.
      publisher.publish(
        Array.from({ length: eventsPerTurn }, (_, at) => ({ frame: first + at, of: events, stage: 'rendering @' })),
      )
      await turnEnd()
    }
  }

  return async () => {
    sinks.send(events)
    const received = once(sinks, 'message')
    const cpuMicros = await cpuMicrosOf(async () => {
      await publishAll()
      await received
    })
    const [problem] = (await received) as [string]
    if (problem) throw new Error(problem)
    return { cpuMicros, units: events * connections }
  }
}

export function fanOutBench(load: Load): Bench {
  const { eventsPerTurn } = load
  const rhythm = eventsPerTurn === 1 ? 'one event per turn' : `bursts of ${eventsPerTurn} events per turn`
  const publishers: Record<string, MakePublisher> = {
    '@steadystream/server': steadystream,
    'better-sse': betterSse,
    'res.write loop': bareLoop,
    // What a careful user of the two can do about bursts.
    ...(eventsPerTurn > 1 && {
      'better-sse, batched by hand': betterSseBatched,
      'res.write, joined by hand': joinedLoop,
    }),
  }
  return {
    title: `server fan-out: ${connections} connections, ${rhythm}`,
    unit: 'delivery',
    contenders: Object.fromEntries(
      Object.entries(publishers).map(([name, makePublisher]) => [name, () => contender(makePublisher, load)]),
    ),
  }
}
