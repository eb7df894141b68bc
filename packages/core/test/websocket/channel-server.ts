import { formatPosition, parsePosition } from '../../src/protocol/index.ts'
import { serveSockets } from './socket-server.ts'

import type { ServerEnvelope } from '../../src/protocol/index.ts'
import type { SocketServer } from './socket-server.ts'

export interface ChannelServer extends SocketServer {
  publish(...data: unknown[]): void
  complete(): void
  /** Closes every socket with this code; 0 cuts it. */
  closeAll(code: number, reason?: string): void
  /** Forgets what came up to and including this offset. */
  forget(offset: number): void
  /** Restarts as one that never knew anything. */
  newEpoch(epoch: string): void
}

type Socket = Parameters<Parameters<typeof serveSockets>[0]>[0]

/** One channel as a server of steadystream.v1 has it; all that is published in one call goes out in one frame. */
export async function serveChannel(): Promise<ChannelServer> {
  const channel = 'numbers'
  let epoch = 'a'
  let log: unknown[] = []
  let forgotten = 0
  let isComplete = false
  const sockets = new Set<Socket>()
  const at = (offset: number) => formatPosition({ epoch, offset })
  const send = (socket: Socket, envelopes: ServerEnvelope | readonly ServerEnvelope[]) =>
    socket.send(JSON.stringify(envelopes))
  const eventsAfter = (offset: number): ServerEnvelope[] =>
    log.slice(offset).map((data, n) => ({ type: 'event', channel, position: at(offset + n + 1), data }))

  function finish(socket: Socket): void {
    send(socket, { type: 'complete', channel, position: at(log.length) })
    socket.close(1000)
  }

  const server = await serveSockets((socket, request) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const query = new URL(request.url ?? '', 'http://channel.test').searchParams
    const asked = query.get('lastEventId') ?? ''
    const position = parsePosition(asked)
    const isKnown = position?.epoch === epoch && position.offset >= forgotten && position.offset <= log.length
    const from = isKnown ? position.offset : query.get('from') === 'start' ? 0 : log.length
    send(socket, { type: 'connected', clientId: 'c', heartbeatInterval: 15_000 })
    const recovered = asked ? { recovered: isKnown } : {}
    send(socket, { type: 'subscribed', channel, position: at(from), ...recovered })
    if (asked && !isKnown) send(socket, { type: 'gap', kind: 'lost', channel, from: asked, to: at(from) })
    if (from < log.length) send(socket, eventsAfter(from))
    if (isComplete) finish(socket)
  })

  return {
    // Spread would read the count of open sockets once.
    url: server.url,
    asked: server.asked,
    received: server.received,
    closed: server.closed,
    get open() {
      return server.open
    },
    publish(...data) {
      const before = log.length
      log.push(...data)
      for (const socket of sockets) send(socket, eventsAfter(before))
    },
    complete() {
      isComplete = true
      sockets.forEach(finish)
    },
    closeAll(code, reason) {
      for (const socket of sockets)
        if (code === 0) socket.terminate()
        else socket.close(code, reason)
      sockets.clear()
    },
    forget: (offset) => void (forgotten = offset),
    newEpoch(name) {
      epoch = name
      log = []
      forgotten = 0
    },
  }
}
