import { once } from 'node:events'
import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'

import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebSocket } from 'ws'

export interface SocketServer {
  /** `ws://…/feed` */
  readonly url: string
  /** Sockets that are open. */
  readonly open: number
  /** Path and query of each handshake. */
  readonly asked: string[]
  /** What clients have sent, as text. */
  readonly received: string[]
  /** How sockets were closed. */
  readonly closed: number[]
}

export type Accept = (socket: WebSocket, request: IncomingMessage, nth: number) => void

/** A real WebSocket server on the loopback, gone with the test. It agrees on the first subprotocol that it is offered. */
export async function serveSockets(accept: Accept): Promise<SocketServer> {
  const http = createServer((_, response) => response.writeHead(426).end())
  const server = new WebSocketServer({ server: http })
  const asked: string[] = []
  const received: string[] = []
  const closed: number[] = []
  server.on('connection', (socket, request) => {
    asked.push(request.url ?? '')
    socket.on('error', () => {}) // the client may cut it at any time
    // A frame that is not binary comes as one Buffer.
    socket.on('message', (data, isBinary) =>
      received.push(isBinary ? `[${[...(data as Buffer)].join()}]` : (data as Buffer).toString()),
    )
    socket.on('close', (code) => closed.push(code))
    accept(socket, request, asked.length - 1)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(async () => {
    for (const socket of server.clients) socket.terminate()
    server.close()
    const gone = once(http, 'close')
    http.close()
    http.closeAllConnections()
    await gone
  })
  const { port } = http.address() as AddressInfo // it listens on a port
  return {
    url: `ws://127.0.0.1:${port}/feed`,
    asked,
    received,
    closed,
    get open() {
      return server.clients.size
    },
  }
}
