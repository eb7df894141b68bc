// A process of its own: one client of each kind, as its users have it, which says when its handler was called.
import { createEnhancedSSEStream, createStream, webSocket } from '@steadystream/core'
import { EventSource } from 'eventsource'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'

import { reportReady } from './helper.ts'
import { nowMicros } from './stamp.ts'

import type { ClientKind, Stamped } from './latency.ts'

const kind = process.argv[2] as ClientKind // as startHelper passes it
const address = `127.0.0.1:${process.argv[3]}/active`

function handle({ at }: Stamped): void {
  process.send?.((nowMicros() - at) / 1000)
}

const clients: Readonly<Record<ClientKind, () => void>> = {
  'steadystream over SSE': () => {
    createEnhancedSSEStream<Stamped>(
      `http://${address}`,
      { onData: handle, onOpen: () => reportReady() },
      { pool: false },
    )
  },
  'steadystream over a WebSocket': () => {
    createStream<Stamped>({
      transports: [webSocket(`ws://${address}`, { WebSocket })],
      onData: handle,
      onOpen: () => reportReady(),
    })
  },
  eventsource: () => {
    const source = new EventSource(`http://${address}`)
    source.addEventListener('open', () => reportReady())
    source.addEventListener('message', ({ data }: MessageEvent<string>) => handle(JSON.parse(data) as Stamped))
  },
  ws: () => {
    const socket = new WebSocket(`ws://${address}`)
    socket.on('open', () => reportReady())
    socket.on('message', (data: Buffer) => handle(JSON.parse(data.toString()) as Stamped))
  },
  'socket.io-client': () => {
    const socket = io(`http://127.0.0.1:${process.argv[3]}`, { transports: ['websocket'], query: { active: '1' } })
    socket.on('connect', () => reportReady())
    socket.on('event', handle)
  },
}
clients[kind]()
