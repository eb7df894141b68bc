import { expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'

import { createEnhancedSSEStream, createStreamManager, polling, webSocket } from '../../src/index.ts'
import { describeGap } from '../support/open-scripted.ts'
import { createMeddlingProxy } from './meddling-proxy.ts'
import { numbers, serveRealtime } from './realtime-server.ts'
import { createWarpedClock } from './warped-clock.ts'

const total = 5000
/**
 * A better transport is looked for after half a minute, which no test can wait for. So the stream lives twenty times as
 * fast as its server, in everything: what the options below do not set has its default. Only what the server tells in its
 * own milliseconds, or is told in its own seconds, has to be set.
 */
const speed = 20
const inServerTime = { heartbeatInterval: 10_000 }
const waitSeconds = 0.3

/** A stream that may use all three transports, and everything that it tells. */
function follow(at: (path: string) => string) {
  const manager = createStreamManager()
  onTestFinished(() => manager.cleanupAll())

  const received: number[] = []
  const gaps: string[] = []
  const failures: string[] = []
  const changes: string[] = []
  const carriers = new Set<string>()
  let isComplete = false
  const stream = createEnhancedSSEStream<number>(
    at('/events'),
    {
      onData(n) {
        received.push(n)
        carriers.add(stream.transport)
      },
      onGap: (gap) => void gaps.push(describeGap(gap)),
      onError: ({ code, willRetry }) => void failures.push(`${code} ${willRetry ? 'retried' : 'final'}`),
      onStateChange: ({ state, reason, transport }) => void changes.push(`${state} ${reason} ${transport}`),
      onComplete: () => void (isComplete = true),
    },
    {
      manager,
      from: 'start',
      clock: createWarpedClock(speed),
      ...inServerTime,
      fallback: [webSocket(at('/ws'), { WebSocket }), polling(at('/poll'), { wait: waitSeconds })],
    },
  )
  return { stream, received, gaps, failures, changes, carriers, isComplete: () => isComplete }
}

it(
  'moves from SSE to WebSocket to polling and back, and delivers 5,000 events once and in order',
  { timeout: 30_000 },
  async () => {
    const { realtime, port } = await serveRealtime({ history: { size: total }, heartbeat: { intervalMs: 250 } })
    const proxy = await createMeddlingProxy(port)
    const at = (path: string) => `http://127.0.0.1:${proxy.port}${path}?channel=numbers`
    const { stream, received, gaps, failures, changes, carriers, isComplete } = follow(at)

    // Events flow all the time, whether anybody can hear them or not.
    let published = 0
    const publish = (count: number) => {
      while (count-- > 0 && published < total) void realtime.publish('numbers', ++published)
    }
    const flow = setInterval(() => publish(2), 5)
    onTestFinished(() => clearInterval(flow))
    const flowsOver = async (transport: string) => {
      await vi.waitFor(() => expect([stream.transport, stream.state]).toEqual([transport, 'connected']), 10_000)
      const before = received.length
      await vi.waitFor(() => expect(received.length).toBeGreaterThan(before + 100), 10_000)
    }

    await flowsOver('sse')
    proxy.holdStreams(true)
    await flowsOver('websocket')
    proxy.refuseSockets(true)
    await flowsOver('polling')
    expect(published).toBeLessThan(total)
    proxy.holdStreams(false)
    await flowsOver('sse')
    publish(total)
    await realtime.complete('numbers')
    await vi.waitFor(() => expect(isComplete()).toBe(true), 10_000)

    expect(received).toEqual(numbers(1, total))
    expect(gaps).toEqual([])
    expect([...carriers]).toEqual(['sse', 'websocket', 'polling'])
    expect(changes).toEqual([
      'connecting started sse',
      'connected opened sse',
      // Silence, and then a response without a byte.
      'retrying lost sse',
      'connected opened sse',
      'retrying fallback websocket',
      'connected opened websocket',
      // The open link is cut, and three dials come to nothing.
      'retrying lost websocket',
      'retrying lost websocket',
      'retrying lost websocket',
      'retrying fallback polling',
      'connected opened polling',
      'retrying upgrade sse',
      'connected opened sse',
      'disconnected completed sse',
    ])
    expect(failures).toEqual([
      'HEARTBEAT retried',
      'TIMEOUT retried',
      'NETWORK retried',
      'NETWORK retried',
      'NETWORK retried',
      'NETWORK retried',
    ])
    await vi.waitFor(() => expect(realtime.health().connections).toBe(0))
  },
)
