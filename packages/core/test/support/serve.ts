import { createServer } from 'node:http'

import { onTestFinished } from 'vitest'

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'

export interface Served {
  readonly url: string
  readonly port: number
  /** Open connections that have carried a request. Node's fetch opens a spare one in place of one that was aborted. */
  readonly sockets: ReadonlySet<Socket>
}

/** A real HTTP server on a free loopback port, gone with the test. */
export function serve(listener: RequestListener): Promise<Served> {
  return listen(createServer(listener))
}

export async function listen(server: Server): Promise<Served> {
  const connections = new Set<Socket>()
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.on('error', () => {}) // the other side may cut it at any time
    socket.on('close', () => {
      connections.delete(socket)
      sockets.delete(socket)
    })
  })
  server.on('request', ({ socket }: IncomingMessage) => void sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of connections) socket.destroy()
      }),
  )
  const { port } = server.address() as AddressInfo // a server on a port, not on a pipe
  return { url: `http://127.0.0.1:${port}/events`, port, sockets }
}

/** Settles when a response that is full takes more, or is gone. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}
