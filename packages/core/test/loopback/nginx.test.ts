import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'

import { createEnhancedSSEStream, createStreamManager, polling, webSocket } from '../../src/index.ts'
import { startNginx } from './nginx.ts'
import { numbers, serveRealtime } from './realtime-server.ts'
import { createWarpedClock } from './warped-clock.ts'

const path = inject('nginxPath')

/** A stream through nginx that may use all three transports and lives twenty times as fast as its server. */
async function open({ flows, passesSockets }: { readonly flows: boolean; readonly passesSockets: boolean }) {
  const server = await serveRealtime({ heartbeat: { intervalMs: 250 } })
  const nginx = await startNginx(path, server.port, passesSockets)
  if (flows) nginx.letStreamsFlow()
  const at = (route: string) => `http://127.0.0.1:${nginx.port}${route}?channel=numbers`
  await vi.waitFor(() => fetch(at('/poll')), 5000)
  server.publish('numbers', 1, 10)
  const manager = createStreamManager()
  onTestFinished(() => manager.cleanupAll())
  const received: unknown[] = []
  const changes: string[] = []
  const stream = createEnhancedSSEStream<number>(
    at('/events'),
    {
      onData: (n) => void received.push(n),
      onGap: ({ kind }) => void received.push(`gap ${kind}`),
      onStateChange: ({ state, reason, transport }) => void changes.push(`${state} ${reason} ${transport}`),
    },
    {
      manager,
      from: 'start',
      clock: createWarpedClock(20),
      heartbeatInterval: 10_000,
      fallback: [webSocket(at('/ws'), { WebSocket }), polling(at('/poll'), { wait: 0.3 })],
    },
  )
  const receives = (last: number) => vi.waitFor(() => expect(received).toEqual(numbers(1, last)), 10_000)
  return { ...server, nginx, stream, receives, changes }
}

describe.skipIf(path === '')('behind nginx', { timeout: 20_000 }, () => {
  it('SSE flows, as the server asks for no buffering', async () => {
    const { publish, receives, changes } = await open({ flows: true, passesSockets: true })
    await receives(10)
    publish('numbers', 11, 20)
    await receives(20)
    expect(changes).toEqual(['connecting started sse', 'connected opened sse'])
  })

  it('that buffers all the same, WebSocket is used, until it buffers no more', async () => {
    const { nginx, publish, receives, changes, stream } = await open({ flows: false, passesSockets: true })
    await receives(10)
    publish('numbers', 11, 20)
    await receives(20)
    expect(stream.transport).toBe('websocket')
    nginx.letStreamsFlow()
    await vi.waitFor(() => expect([stream.transport, stream.state]).toEqual(['sse', 'connected']), 10_000)
    publish('numbers', 21, 30)
    await receives(30)
    expect(changes).toEqual([
      'connecting started sse',
      // Neither its head nor anything else of the response has come.
      'connecting fallback websocket',
      'connected opened websocket',
      'retrying upgrade sse',
      'connected opened sse',
    ])
  })

  it('that buffers and knows no WebSocket, polling is used', async () => {
    const { publish, receives, stream } = await open({ flows: false, passesSockets: false })
    await receives(10)
    publish('numbers', 11, 20)
    await receives(20)
    expect(stream.transport).toBe('polling')
  })
})
