import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import { createRealtime } from '@steadystream/server'
import { createChannel, createSession } from 'better-sse'
import { Server as SocketIo } from 'socket.io'
import { WebSocketServer } from 'ws'

import { startHelper } from './helper.ts'
import { listen } from './listen.ts'
import { startSinks } from './sink-orders.ts'
import { spreadOf } from './spread.ts'
import { nowMicros } from './stamp.ts'

import type { Server } from 'node:http'
import type { Bench, Round } from './bench.ts'
import type { Speech } from './sink-orders.ts'

export type ClientKind =
  'steadystream over SSE' | 'steadystream over a WebSocket' | 'eventsource' | 'ws' | 'socket.io-client'

export interface Stamped {
  /** When it was published, in microseconds. */
  readonly at: number
}

/** Serves `/active` and those who are idle, and publishes to the former. */
interface Setup {
  readonly client: ClientKind
  readonly speech: Speech
  readonly idlePath: string
  attach(server: Server): (event: Stamped) => void
}

const idle = 1000
const events = 200
const intervalMs = 5
const p50 = 'publish to handler, median'
const p99 = 'publish to handler, p99'

function steadystream(speech: 'sse' | 'websocket'): Setup {
  return {
    client: speech === 'sse' ? 'steadystream over SSE' : 'steadystream over a WebSocket',
    speech,
    idlePath: '/idle',
    attach(server) {
      const realtime = createRealtime()
      if (speech === 'sse') server.on('request', (req, res) => realtime.node(req, res, { channel: req.url ?? '' }))
      else realtime.attachWebSocket(server, { path: '/*', channel: (_, { pathname }) => pathname })
      return (event) => void realtime.publish('/active', event)
    },
  }
}

const betterSse: Setup = {
  client: 'eventsource',
  speech: 'sse',
  idlePath: '/idle',
  attach(server) {
    const channels = { '/active': createChannel(), '/idle': createChannel() }
    server.on('request', (req, res) => {
      const channel = channels[req.url === '/active' ? '/active' : '/idle']
      void createSession(req, res).then((session) => channel.register(session))
    })
    // A name of its own would need a listener of its own.
    return (event) => void channels['/active'].broadcast(event, 'message')
  },
}

const bareWs: Setup = {
  client: 'ws',
  speech: 'websocket',
  idlePath: '/idle',
  attach(server) {
    const sockets = new WebSocketServer({ server, perMessageDeflate: false })
    const active = new Set<{ send(data: string): void }>()
    sockets.on('connection', (ws, { url }) => void (url === '/active' && active.add(ws)))
    return (event) => {
      const data = JSON.stringify(event)
      for (const ws of active) ws.send(data)
    }
  },
}

const socketIo: Setup = {
  client: 'socket.io-client',
  speech: 'socket.io',
  idlePath: '/socket.io/?EIO=4&transport=websocket',
  attach(server) {
    const io = new SocketIo(server, { transports: ['websocket'], serveClient: false, pingInterval: 300_000 })
    io.on('connection', (socket) => {
      if (socket.handshake.query['active']) void socket.join('active')
    })
    return (event) => void io.to('active').emit('event', event)
  },
}

async function contender({ client, speech, idlePath, attach }: Setup): Promise<Round> {
  const server = createServer()
  const publish = attach(server)
  const port = await listen(server)
  await startSinks({ port, connections: idle, speech, path: idlePath })
  const { child } = await startHelper('handler', client, String(port))
  // What it says first is only that it is connected, and by then it may not be subscribed.
  await sleep(200)
  let latencies: number[] = []
  child.on('message', (latency: number) => latencies.push(latency))
  return async () => {
    latencies = []
    for (let sent = 0; sent < events; sent++) {
      publish({ at: nowMicros() })
      await sleep(intervalMs)
    }
    await sleep(100)
    if (latencies.length !== events) throw new Error(`${latencies.length} of ${events} events were handled`)
    const sorted = latencies.sort((a, b) => a - b)
    return { [p50]: spreadOf(sorted).median, [p99]: sorted[Math.floor(events * 0.99)] ?? NaN }
  }
}

export function latencyBench(transport: 'SSE' | 'WebSocket'): Bench {
  const peers: Readonly<Record<string, Setup>> =
    transport === 'SSE'
      ? { '@steadystream': steadystream('sse'), 'better-sse and eventsource': betterSse }
      : { '@steadystream': steadystream('websocket'), 'ws on both sides': bareWs, 'socket.io': socketIo }
  return {
    title: `${transport}: publish to handler, with ${idle.toLocaleString('en')} idle connections beside`,
    measures: [
      { name: p50, unit: 'ms', compare: 'ratio' },
      { name: p99, unit: 'ms', compare: 'ratio' },
    ],
    contenders: Object.fromEntries(Object.entries(peers).map(([name, setup]) => [name, () => contender(setup)])),
  }
}
