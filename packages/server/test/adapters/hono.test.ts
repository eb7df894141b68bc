import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createRealtime } from '../../src/index.ts'
import { readStream } from '../support/read-stream.ts'

import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import type { RealtimeOptions } from '../../src/index.ts'

/** `/events` streams channel `a`, `/poll` answers polls of it, `/ticks` runs a producer. */
async function serveHono(options: RealtimeOptions = {}) {
  const realtime = createRealtime(options)
  const app = new Hono()
  let aborted = 0
  app.get('/events', (c) => realtime.fetch(c.req.raw, { channel: 'a' }))
  app.get('/poll', (c) => realtime.fetch(c.req.raw, { channel: 'a', transport: 'polling' }))
  app.on(['GET', 'POST'], '/ticks', (c) =>
    realtime.stream(c.req.raw, async (send, signal) => {
      signal.addEventListener('abort', () => aborted++)
      await send({ n: 1 })
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    }),
  )
  const server = await new Promise<Server>((resolve) => {
    // Without options of its own it makes a server of node:http.
    const made = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made as Server))
  })
  onTestFinished(async () => {
    for (const session of realtime.sessions) session.destroy()
    await realtime.close()
    server.closeAllConnections()
    server.close()
  })
  return { realtime, server, port: (server.address() as AddressInfo).port, aborted: () => aborted }
}

describe('Hono on Node', () => {
  it('streams a channel as it is published, and completes', async () => {
    const { realtime, port } = await serveHono()
    const reading = await readStream(port)
    expect(reading.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    await reading.take(1)
    for (const n of [1, 2, 3]) {
      await realtime.publish('a', n)
      expect((await reading.take(1))[0]?.data).toBe(n)
    }
    await realtime.complete('a')
    expect((await reading.rest()).map(({ event }) => event)).toEqual(['steadystream.complete'])
    expect([...realtime.sessions]).toEqual([])
  })

  it('answers polls, 204 and refusals', async () => {
    const { realtime, port } = await serveHono()
    const { epoch } = await realtime.publish('a', 1)
    const poll = await readStream(port, { path: '/poll?from=start' })
    await poll.over
    expect(JSON.parse(poll.text())).toMatchObject({ positions: { a: `${epoch}:1` } })
    await realtime.complete('a')
    const finished = await readStream(port, { headers: { 'Last-Event-ID': `${epoch}:1` } })
    const wrong = await readStream(port, { path: '/events?from=there' })
    await wrong.over
    expect([finished.status, wrong.status, JSON.parse(wrong.text())]).toEqual([
      204,
      400,
      { error: { code: 'BAD_REQUEST', message: 'from must be start or now' } },
    ])
  })

  it.each(['/events', '/ticks'])('notices that a client of %s left, and logs no error', async (path) => {
    const logged = vi.spyOn(console, 'error')
    const { realtime, port, aborted } = await serveHono()
    const reading = await readStream(port, { path })
    await reading.take(1)
    expect([...realtime.sessions]).toHaveLength(1)
    reading.leave()
    await vi.waitFor(() => expect([...realtime.sessions]).toEqual([]))
    expect([aborted(), logged.mock.calls]).toEqual([path === '/ticks' ? 1 : 0, []])
    logged.mockRestore()
  })

  it('notices that the client of a waiting poll left', async () => {
    const { realtime, port } = await serveHono()
    const { epoch } = await realtime.publish('a', 1)
    const abort = new AbortController()
    const answer = fetch(`http://127.0.0.1:${port}/poll?since=${epoch}:1&wait=20`, { signal: abort.signal })
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    abort.abort()
    await expect(answer).rejects.toThrow('abort')
    await vi.waitFor(() => expect([...realtime.sessions]).toEqual([]))
  })

  it('cuts off a client that does not read, without holding what it misses', async () => {
    // Hono logs each body that ends in an error.
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => logged.mockRestore())
    const { realtime, port } = await serveHono({ limits: { queuedBytes: 256 * 1024 } })
    const reading = await readStream(port)
    await reading.take(1)
    reading.pause()
    for (let i = 0; [...realtime.sessions].length > 0; i++) {
      expect(i).toBeLessThan(1000)
      await realtime.publish('a', 'x'.repeat(64 * 1024))
      await new Promise((resolve) => setImmediate(resolve))
    }
    reading.resume()
    expect(await reading.over).toBe('cut')
  })

  it('resolves close with streams open', async () => {
    const { realtime, server, port } = await serveHono()
    const readings = [await readStream(port), await readStream(port)]
    for (const reading of readings) await reading.take(1)
    const closed = new Promise((resolve) => server.close(resolve))
    await realtime.close()
    await closed
    for (const reading of readings) {
      expect((await reading.rest()).map(({ event }) => event)).toEqual(['steadystream.close'])
    }
  })
})
