import { createServer } from 'node:http'

import { createRealtime } from '@steadystream/server'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

import { polling, sse, webSocket } from '../../src/index.ts'
import { listen } from '../support/serve.ts'

import type { Realtime, RealtimeOptions } from '@steadystream/server'
import type { TransportFactory } from '../../src/index.ts'

/** Our own server, where clients name the channels: `/realtime`, `/realtime/ws` and `/realtime/poll`. */
export interface ChannelServer {
  readonly realtime: Realtime
  readonly port: number
  readonly url: string
  /** Method and path of each request, and `WS` for each upgrade. */
  readonly asked: readonly string[]
}

/** Everybody may read and publish, unless told otherwise. It is gone with the test. */
export async function serveChannels(options: RealtimeOptions = {}): Promise<ChannelServer> {
  const realtime = createRealtime({ authorize: () => true, clientPublish: (data) => data, ...options })
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request
    asked.push(`${method} ${url}`)
    if (url.startsWith('/realtime/poll')) realtime.poll(request, response)
    else realtime.node(request, response)
  })
  server.on('upgrade', ({ url = '' }) => asked.push(`WS ${url}`))
  realtime.attachWebSocket(server, { path: '/realtime/ws' })
  const { port } = await listen(server)
  onTestFinished(() => realtime.close())
  return { realtime, port, asked, url: `http://127.0.0.1:${port}/realtime` }
}

/** The three ways to it, below its URL. */
export const ways: Readonly<Record<'sse' | 'websocket' | 'polling', TransportFactory>> = {
  sse: sse(''),
  websocket: webSocket('ws', { WebSocket }),
  polling: polling('poll'),
}

export const wayNames = ['sse', 'websocket', 'polling'] as const
