import { createChannelClient, createStreamManager, webSocket } from '@steadystream/core'
import { createRealtime } from '@steadystream/server'
import { StrictMode } from 'react'
import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

import { StreamProvider } from '../src/stream-provider.ts'

import type { TransportFactory } from '@steadystream/core'
import type { AddressInfo } from 'node:net'
import type { ReactNode } from 'react'

// Node's class, which differs from a browser's in what it has besides.
export const socket = webSocket('ws', { WebSocket: WebSocket as unknown as typeof globalThis.WebSocket })

/** A real server, and a client of it. */
export async function serveChannels(transports: readonly TransportFactory[] = [socket]) {
  const realtime = createRealtime({
    authorize: (_principal, _action, channel) => channel !== 'secret',
    clientPublish: (data) => data,
  })
  const server = createServer()
  realtime.attachWebSocket(server, { path: '/ws' })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const manager = createStreamManager()
  // Listening on a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createChannelClient({ url, transports, manager, retryDelay: 20, minRetryDelay: 10, jitter: 0 })
  onTestFinished(async () => {
    manager.cleanupAll()
    await realtime.close()
    server.close()
  })
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <StrictMode>
      <StreamProvider channels={client}>{children}</StreamProvider>
    </StrictMode>
  )
  return { realtime, client, manager, wrapper }
}
