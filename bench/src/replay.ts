import { createServer } from 'node:http'

import { createRealtime } from '@steadystream/server'

import { cpuMicrosOf, cpuPer } from './bench.ts'
import { listen } from './listen.ts'
import { startSinks } from './sink-orders.ts'
import { beginBare, formatBare } from './sse-publishers.ts'
import { marker } from './stamp.ts'

import type { RequestListener } from 'node:http'
import type { Bench, Round } from './bench.ts'

/** How far behind each client is. It has what came before, and asks for the rest. */
const behind = 1000
const clients = 200

interface Replayer {
  readonly serve: RequestListener
  /** What a client sends that comes back. */
  readonly headers: Readonly<Record<string, string>>
}

const event = (frame: number) => ({ frame, of: behind, stage: `rendering ${marker}` })

async function steadystream(): Promise<Replayer> {
  const realtime = createRealtime()
  const positions = Array.from({ length: behind }, (_, at) => realtime.publish('bench', event(at)))
  const [first] = await Promise.all(positions)
  return {
    serve: (req, res) => realtime.node(req, res, { channel: 'bench' }),
    headers: { 'Last-Event-ID': `${first?.epoch}:0` },
  }
}

/** Everything in one buffer, encoded once for all, without a look at who asks. */
async function encodedLog(): Promise<Replayer> {
  const log = Buffer.from(Array.from({ length: behind }, (_, at) => formatBare(at + 1, event(at))).join(''))
  return {
    serve(_req, res) {
      beginBare(res)
      res.write(log)
    },
    headers: {},
  }
}

const measure = cpuPer('event', { 'one encoded log': 2 })

async function contender(make: () => Promise<Replayer>): Promise<Round> {
  const { serve, headers } = await make()
  const port = await listen(createServer(serve))
  const sinks = await startSinks({ port, connections: clients, speech: 'sse' })
  return async () => {
    const cpuMicros = await cpuMicrosOf(async () => {
      await sinks.receive({ expected: behind, reopenWith: headers })
    })
    return { [measure.name]: cpuMicros / (behind * clients) }
  }
}

export function replayBench(): Bench {
  return {
    title: `SSE replay: ${clients} clients come back ${behind.toLocaleString('en')} events behind`,
    measures: [measure],
    contenders: {
      '@steadystream/server': () => contender(steadystream),
      'one encoded log': () => contender(encodedLog),
    },
  }
}
