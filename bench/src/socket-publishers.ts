import { createRealtime } from '@steadystream/server'
import { Server as SocketIo } from 'socket.io'
import { WebSocketServer } from 'ws'

import type { Duplex } from 'node:stream'
import type { MakePublisher } from './publisher.ts'

/** With the defaults of a user: history is kept, queues are bounded. */
export const steadystream: MakePublisher = () => {
  const realtime = createRealtime()
  return {
    speech: 'websocket',
    attach: (server) => void realtime.attachWebSocket(server, { path: '/', channel: () => 'bench' }),
    publish(events) {
      for (const event of events) void realtime.publish('bench', event)
    },
  }
}

/**
 * No history, no bound on what waits, nothing to resume from, and nothing of the library but the handshake: each event is
 * made a frame once, which is written to every socket.
 */
export const bareLoop: MakePublisher = () => {
  const clients = new Set<Duplex>()
  return {
    speech: 'websocket',
    attach(server) {
      const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false })
      sockets.on('connection', (ws, { socket }) => {
        clients.add(socket)
        ws.once('close', () => clients.delete(socket))
      })
    },
    publish(events) {
      for (const event of events) {
        const frame = formatTextFrame(JSON.stringify(event))
        for (const socket of clients) socket.write(frame)
      }
    },
  }
}

/** What one who calls `send` for each client and event gets. */
export const wsSendLoop: MakePublisher = () => {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  return {
    speech: 'websocket',
    attach(server) {
      server.on('upgrade', (req, socket, head) => sockets.handleUpgrade(req, socket, head, () => {}))
    },
    publish(events) {
      for (const event of events) {
        const data = JSON.stringify(event)
        for (const ws of sockets.clients) ws.send(data)
      }
    },
  }
}

export const socketIo: MakePublisher = () => {
  // Pings once in five minutes and not in 25 seconds, so that it has no more to do in a round than the others.
  const io = new SocketIo({ transports: ['websocket'], serveClient: false, pingInterval: 300_000 })
  return {
    speech: 'socket.io',
    path: '/socket.io/?EIO=4&transport=websocket',
    attach: (server) => void io.attach(server),
    publish(events) {
      for (const event of events) io.emit('event', event)
    },
  }
}

/** An unmasked text frame, as servers send it. */
export function formatTextFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const { length } = payload
  if (length > 0xffff) throw new RangeError('events of the bench fit into 64 KiB')
  const header = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(header), payload])
}
