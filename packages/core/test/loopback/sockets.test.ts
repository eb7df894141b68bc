import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'
import { createFaultProxy } from '../support/fault-proxy.ts'
import { createFaultyChannel } from '../support/faulty-channel.ts'
import { serveFaulty } from '../support/faulty-server.ts'
import { createRandom } from '../support/random.ts'
import { drained, serve } from '../support/serve.ts'

import type { RequestListener, ServerResponse } from 'node:http'
import type { StreamConfig, StreamHandlers } from '../../src/index.ts'

const eventStream = { 'Content-Type': 'text/event-stream' }
const quick = { retryDelay: 5, minRetryDelay: 5, maxRetryDelay: 20, maxRetries: Infinity }

function open(url: string, config: StreamConfig = {}, handlers: StreamHandlers<unknown> = {}) {
  const manager = createStreamManager()
  const received: unknown[] = []
  const errors: string[] = []
  const stream = createEnhancedSSEStream<unknown>(
    url,
    {
      ...handlers,
      onData(data, meta) {
        received.push(data)
        return handlers.onData?.(data, meta)
      },
      onError: ({ code }) => void errors.push(code),
    },
    { manager, pool: false, ...quick, ...config },
  )
  onTestFinished(() => manager.cleanupAll())
  return { stream, received, errors }
}

/** Pushes for as long as somebody reads. */
async function pushForEver(response: ServerResponse, text = `data: "${'x'.repeat(1000)}"\n\n`): Promise<void> {
  while (!response.destroyed) if (!response.write(text)) await drained(response)
}

describe('the socket of a stream', () => {
  it.each<[string, RequestListener, StreamConfig, string]>([
    ['that waits for the headers', () => {}, {}, 'connecting'],
    ['that is open and quiet', (_, response) => response.writeHead(200, eventStream).flushHeaders(), {}, 'connected'],
    [
      'that is in the middle of an event',
      (_, response) => void response.writeHead(200, eventStream).write('id: 1\nda'),
      {},
      'connected',
    ],
    [
      'that is held back by a slow consumer',
      (_, response) => void pushForEver(response.writeHead(200, eventStream)),
      { maxBufferedEvents: 2 },
      'connected',
    ],
  ])('%s is released by close()', async (_, listener, config, state) => {
    let requests = 0
    const { url, sockets } = await serve((request, response) => {
      requests += 1
      listener(request, response)
    })
    const { stream } = open(url, config, { onData: () => new Promise(() => {}) })
    await vi.waitFor(() => expect([requests, stream.state]).toEqual([1, state]))
    stream.close()
    await vi.waitFor(() => expect(sockets.size).toBe(0))
    expect(requests).toBe(1)
  })

  it.each<[string, number, Record<string, string>]>([
    ['an error page', 500, { 'Content-Type': 'text/html' }],
    ['a refusal', 404, { 'Content-Type': 'text/html' }],
    ['another content type', 200, { 'Content-Type': 'text/html' }],
    ['a redirect', 302, { Location: '/elsewhere' }],
  ])('trap 36: is released though %s goes on for ever', async (_, status, headers) => {
    const { url, sockets } = await serve((request, response) => {
      if (request.url === '/elsewhere') return void response.writeHead(204).end()
      void pushForEver(response.writeHead(status, headers))
    })
    const { stream, errors } = open(url, { maxRetries: 0, headers: { 'X-Key': '1' } })
    await vi.waitFor(() => expect(stream.state).toBe(status === 302 ? 'disconnected' : 'error'))
    await vi.waitFor(() => {
      expect([...sockets].filter(({ bytesWritten, destroyed }) => bytesWritten > 10_000 && !destroyed)).toEqual([])
    })
    expect(errors).toHaveLength(status === 302 ? 0 : 1)
  })

  it('trap 22: is the only one, through any number of reconnects', async () => {
    let openNow = 0
    let most = 0
    const { url } = await serve((_, response) => {
      most = Math.max(most, ++openNow)
      response.on('close', () => openNow--)
      response.writeHead(200, eventStream).write(':\n\n')
    })
    const { stream } = open(url)
    for (let n = 0; n < 20; n++) {
      await vi.waitFor(() => expect(stream.state).toBe('connected'))
      stream.reconnect()
    }
    await vi.waitFor(() => expect(openNow).toBe(1))
    // The server may see the new link before the end of the old one, and never more.
    expect(most).toBeLessThanOrEqual(2)
  })
})

describe('a stream behind a network', () => {
  async function through(events: number) {
    const channel = createFaultyChannel({ kind: 'positions', events, cuts: [], heartbeatInterval: 15_000 })
    const { port } = await serveFaulty(channel, createRandom(1))
    const proxy = await createFaultProxy(port)
    return { channel, proxy }
  }
  const numbered = (count: number) => Array.from({ length: count }, (_, n) => n + 1)
  const numbers = (received: readonly unknown[]) => received.map((data) => (data as { n: number }).n)

  it('receives everything though each byte comes by itself', async () => {
    const { proxy } = await through(50)
    proxy.dribble(true)
    const { received } = open(proxy.url)
    await vi.waitFor(() => expect(numbers(received)).toEqual(numbered(50)), { timeout: 10_000 })
  })

  it.each(['cut', 'reset', 'freeze'] as const)(
    'goes on after each %s behind the last event received',
    async (fault) => {
      const { proxy, channel } = await through(3000)
      proxy.limit(50_001, fault)
      const gaps: unknown[] = []
      let isDone = false
      const { received, errors } = open(
        proxy.url,
        { heartbeatInterval: 50 },
        { onGap: (gap) => void gaps.push(gap), onComplete: () => void (isDone = true) },
      )
      await vi.waitFor(() => expect(isDone).toBe(true), { timeout: 20_000 })
      expect(numbers(received)).toEqual(numbered(3000))
      expect(gaps).toEqual([])
      expect(channel.links).toBeGreaterThan(5)
      expect(new Set(errors)).toEqual(new Set([fault === 'freeze' ? 'HEARTBEAT' : 'NETWORK']))
    },
  )

  it('keeps dialling while nobody can be reached, and goes on when somebody can', async () => {
    const { proxy } = await through(10)
    proxy.refuse(true)
    const { received, errors, stream } = open(proxy.url)
    await vi.waitFor(() => expect(errors.length).toBeGreaterThan(3))
    expect(stream.state).toBe('retrying')
    proxy.refuse(false)
    await vi.waitFor(() => expect(numbers(received)).toEqual(numbered(10)))
    expect(new Set(errors)).toEqual(new Set(['NETWORK']))
  })
})
