import { createRealtime } from '@steadystream/server'
import { createChannel, createEventBuffer, createSession } from 'better-sse'

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { MakePublisher, Publisher } from './publisher.ts'

/** With the defaults of a user: history is kept, queues are bounded. */
export const steadystream: MakePublisher = () => {
  const realtime = createRealtime()
  return sse(
    (req, res) => realtime.node(req, res, { channel: 'bench' }),
    (events) => {
      for (const event of events) void realtime.publish('bench', event)
    },
  )
}

export const betterSse: MakePublisher = () => {
  const { channel, serve } = betterSseChannel()
  return sse(serve, (events) => {
    for (const event of events) channel.broadcast(event)
  })
}

export const betterSseBatched: MakePublisher = () => {
  const { channel, serve } = betterSseChannel()
  return sse(serve, (events) => {
    const buffer = createEventBuffer()
    for (const event of events) buffer.push(event)
    for (const session of channel.activeSessions) void session.batch(buffer)
  })
}

function betterSseChannel() {
  const channel = createChannel()
  return {
    channel,
    serve: (req: IncomingMessage, res: ServerResponse) =>
      void createSession(req, res).then((session) => channel.register(session)),
  }
}

/** No history, no bound on what waits, nothing to resume from: encoded once, then one write for each event and client. */
export const bareLoop: MakePublisher = () => {
  const { clients, serve, encode } = bareClients()
  return sse(serve, (events) => {
    for (const event of events) {
      const block = Buffer.from(encode(event))
      for (const res of clients) res.write(block)
    }
  })
}

/** The same with one write for each turn and client: the least that the API of node:http can do. */
export const joinedLoop: MakePublisher = () => {
  const { clients, serve, encode } = bareClients()
  return sse(serve, (events) => {
    const blocks = Buffer.from(events.map(encode).join(''))
    for (const res of clients) res.write(blocks)
  })
}

function sse(serve: RequestListener, publish: Publisher['publish']): Publisher {
  return { speech: 'sse', attach: (server) => void server.on('request', serve), publish }
}

function bareClients() {
  const clients = new Set<ServerResponse>()
  let lastId = 0
  return {
    clients,
    serve(_req: IncomingMessage, res: ServerResponse) {
      beginBare(res)
      clients.add(res)
      res.once('close', () => clients.delete(res))
    },
    encode: (event: object) => formatBare(++lastId, event),
  }
}

export function beginBare(res: ServerResponse): void {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  res.flushHeaders()
}

export function formatBare(id: number, event: object): string {
  return `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`
}
