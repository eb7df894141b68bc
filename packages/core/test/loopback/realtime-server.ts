import { createServer } from 'node:http'

import { createRealtime } from '@steadystream/server'
import { onTestFinished } from 'vitest'

import { listen } from '../support/serve.ts'

import type { Realtime, RealtimeOptions } from '@steadystream/server'
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'

/** Our own server, with every channel at `/events`, `/ws` and `/poll`, and what it has seen of connections. */
export interface RealtimeServer {
  readonly realtime: Realtime
  readonly port: number
  /** Requests and upgrades, in order, as path and query. */
  readonly asked: readonly string[]
  /** Exchanges that are under way, and how many there have been at the same time. */
  readonly open: number
  readonly mostAtOnce: number
  /** Publishes these numbers, in order. */
  publish(channel: string, from: number, to: number): void
}

export type Upgrade = [request: IncomingMessage, socket: Duplex, head: Buffer]

export interface RealtimeServerOptions extends RealtimeOptions {
  /** Is asked first, and returns whether it has answered. */
  readonly intercept?: (...exchange: Parameters<RequestListener>) => boolean
  /** The same for WebSockets. */
  readonly interceptUpgrade?: (...upgrade: Upgrade) => boolean
}

/** It lets everybody read, unless told otherwise. It is gone with the test. */
export async function serveRealtime({
  intercept,
  interceptUpgrade,
  ...options
}: RealtimeServerOptions = {}): Promise<RealtimeServer> {
  const realtime = createRealtime({ authorize: () => true, ...options })
  const asked: string[] = []
  let open = 0
  let mostAtOnce = 0
  const count = ({ url = '' }: IncomingMessage, exchange: EventEmitter) => {
    asked.push(decodeURIComponent(url))
    mostAtOnce = Math.max(mostAtOnce, ++open)
    exchange.on('close', () => open--)
  }
  const server = createServer((request, response) => {
    if (intercept?.(request, response)) return
    count(request, response)
    if (request.url?.startsWith('/poll')) realtime.poll(request, response)
    else realtime.node(request, response)
  })
  // It never listens: what comes to the other one is handed on to it.
  const sockets = createServer()
  server.on('upgrade', (...upgrade: Upgrade) => {
    if (interceptUpgrade?.(...upgrade)) return
    count(upgrade[0], upgrade[1])
    sockets.emit('upgrade', ...upgrade)
  })
  realtime.attachWebSocket(sockets, { path: '/ws', channel: (_, url) => url.searchParams.get('channel') ?? undefined })
  const { port } = await listen(server)
  onTestFinished(() => realtime.close())
  return {
    realtime,
    port,
    asked,
    get open() {
      return open
    },
    get mostAtOnce() {
      return mostAtOnce
    },
    publish(channel, from, to) {
      for (let n = from; n <= to; n++) void realtime.publish(channel, n)
    },
  }
}

export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n)
