import { createRealtime } from '@steadystream/server'
import { createChannel, createEventBuffer, createSession } from 'better-sse'

import type { IncomingMessage, ServerResponse } from 'node:http'

/** Sends events to everyone who has asked for them. */
export interface Publisher {
  serve(req: IncomingMessage, res: ServerResponse): void
  /** Sends the events of one turn. */
  publish(events: readonly object[]): void
}

export type MakePublisher = () => Publisher

/** With the defaults of a user: history is kept, queues are bounded. */
export const steadystream: MakePublisher = () => {
  const realtime = createRealtime()
  return {
    serve: (req, res) => realtime.node(req, res, { channel: 'bench' }),
    publish(events) {
      for (const event of events) void realtime.publish('bench', event)
    },
  }
}

export const betterSse: MakePublisher = () => {
  const { channel, serve } = betterSseChannel()
  return {
    serve,
    publish(events) {
      for (const event of events) channel.broadcast(event)
    },
  }
}

export const betterSseBatched: MakePublisher = () => {
  const { channel, serve } = betterSseChannel()
  return {
    serve,
    publish(events) {
      const buffer = createEventBuffer()
      for (const event of events) buffer.push(event)
      for (const session of channel.activeSessions) void session.batch(buffer)
    },
  }
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
  return {
    serve,
    publish(events) {
      for (const event of events) {
        const block = Buffer.from(encode(event))
        for (const res of clients) res.write(block)
      }
    },
  }
}

/** The same with one write for each turn and client: the least that node:http can do. */
export const joinedLoop: MakePublisher = () => {
  const { clients, serve, encode } = bareClients()
  return {
    serve,
    publish(events) {
      const blocks = Buffer.from(events.map(encode).join(''))
      for (const res of clients) res.write(blocks)
    },
  }
}

function bareClients() {
  const clients = new Set<ServerResponse>()
  let lastId = 0
  return {
    clients,
    serve(_req: IncomingMessage, res: ServerResponse) {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
      res.flushHeaders()
      clients.add(res)
      res.once('close', () => clients.delete(res))
    },
    encode: (event: object) => `id: ${++lastId}\ndata: ${JSON.stringify(event)}\n\n`,
  }
}
