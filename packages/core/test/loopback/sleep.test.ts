import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'

import { createStream, createStreamManager, polling, sse, webSocket } from '../../src/index.ts'
import { describeGap } from '../support/open-scripted.ts'
import { createMeddlingProxy } from './meddling-proxy.ts'
import { numbers, serveRealtime } from './realtime-server.ts'
import { createWarpedClock } from './warped-clock.ts'

import type { ConnectionOptions, TransportFactory } from '../../src/index.ts'
import type { SleepingClocks } from './warped-clock.ts'

const hourMs = 3_600_000
const channel = 'numbers'

type Kind = 'sse' | 'websocket' | 'polling'

const transports: Record<Kind, (origin: string) => TransportFactory> = {
  sse: (origin) => sse(`http://${origin}/events?channel=${channel}`),
  websocket: (origin) => webSocket(`ws://${origin}/ws?channel=${channel}`, { WebSocket }),
  // Both are shorter than the silence that is allowed.
  polling: (origin) => polling(`http://${origin}/poll?channel=${channel}`, { wait: 0.3, interval: 50 }),
}

const kinds: Kind[] = ['sse', 'websocket', 'polling']
const clockSets: SleepingClocks[] = ['both', 'wall', 'monotonic']

/** Each transport, and each of the clocks with one of them. */
const naps: [Kind, SleepingClocks][] = [
  ['sse', 'both'],
  ['sse', 'wall'],
  ['sse', 'monotonic'],
  ['websocket', 'wall'],
  ['polling', 'wall'],
]

/** A stream to our own server through a proxy, with everything that is told to it, on a clock that can be put to sleep. */
async function open(kind: Kind, options: ConnectionOptions = {}, speed = 1) {
  const server = await serveRealtime({ heartbeat: { intervalMs: 100 } })
  const proxy = await createMeddlingProxy(server.port)
  const manager = createStreamManager()
  onTestFinished(() => manager.cleanupAll())
  const clock = createWarpedClock(speed)
  const received: unknown[] = []
  const failures: string[] = []
  const waits: number[] = []
  const stream = createStream({
    manager,
    clock,
    transports: [transports[kind](`127.0.0.1:${proxy.port}`)],
    heartbeatInterval: 400,
    retryDelay: 5,
    minRetryDelay: 1,
    maxRetryDelay: 50,
    ...options,
    onData: (data) => void received.push(data),
    onGap: (gap) => void received.push(`gap ${describeGap(gap)}`),
    onError: ({ code, willRetry }) => void failures.push(`${code} ${willRetry ? 'retried' : 'final'}`),
    onStateChange: ({ retryInMs }) => void (retryInMs !== undefined && waits.push(retryInMs)),
  })
  await vi.waitFor(() => expect(stream.state).toBe('connected'))
  // It has a place to come back to.
  await vi.waitFor(() => expect(stream.lastEventId).not.toBe(''))
  return { stream, server, proxy, clock, received, failures, waits }
}

describe('a laptop sleeps for an hour', () => {
  it.each(kinds.flatMap((kind) => clockSets.map((clocks) => [kind, clocks] as const)))(
    'and %s goes on over the link that has survived (clocks that ran on: %s)',
    async (kind, clocks) => {
      const { server, clock, received, failures, stream } = await open(kind)
      server.publish(channel, 1, 10)
      await vi.waitFor(() => expect(received).toEqual(numbers(1, 10)))
      clock.sleep(hourMs, clocks)
      server.publish(channel, 11, 20)
      await vi.waitFor(() => expect(received).toEqual(numbers(1, 20)))
      expect([failures, stream.stats.attempts, server.mostAtOnce]).toEqual([[], 1, 1])
    },
  )

  it.each(naps)('and %s resumes though the link has died (clocks that ran on: %s)', async (kind, clocks) => {
    const { server, proxy, clock, received, failures, stream } = await open(kind)
    server.publish(channel, 1, 10)
    await vi.waitFor(() => expect(received).toEqual(numbers(1, 10)))
    // Between two polls there would be nothing to lose.
    const asked = server.asked.length + (kind === 'polling' ? 1 : 0)
    const sessions = () => [...server.realtime.sessions]
    await vi.waitFor(() => expect([server.asked.length, sessions().length]).toEqual([asked, 1]), { interval: 1 })
    // Nobody tells the sleeper that the server has given him up.
    proxy.freeze()
    for (const session of sessions()) session.destroy()
    await vi.waitFor(() => expect(server.open).toBe(0))
    server.publish(channel, 11, 20)
    clock.sleep(hourMs, clocks)
    await vi.waitFor(() => expect(received).toEqual(numbers(1, 20)), 5000)
    server.publish(channel, 21, 30)
    await vi.waitFor(() => expect(received).toEqual(numbers(1, 30)))
    expect([failures, stream.stats.attempts, server.mostAtOnce]).toEqual([['HEARTBEAT retried'], 2, 1])
  })
})

it.each(clockSets)('waking cuts a long wait for the next attempt short (clocks that ran on: %s)', async (clocks) => {
  // Sleep is noticed within ten seconds, of which a fast clock makes less.
  const slow = { heartbeatInterval: 100_000, retryDelay: 600_000, maxRetryDelay: 1_200_000 }
  const { server, clock, received, waits, stream } = await open('sse', slow, 50)
  server.publish(channel, 1, 10)
  await vi.waitFor(() => expect(received).toEqual(numbers(1, 10)))
  for (const session of server.realtime.sessions) session.destroy()
  await vi.waitFor(() => expect(stream.state).toBe('retrying'))
  server.publish(channel, 11, 20)
  clock.sleep(60_000, clocks)
  await vi.waitFor(() => expect(received).toEqual(numbers(1, 20)), 5000)
  expect(waits.map((ms) => ms < 1200)).toEqual([false, true])
  expect([stream.stats.attempts, server.mostAtOnce]).toEqual([2, 1])
})
