import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createRealtime } from '../../src/index.ts'
import { laterTurn } from '../support/lagging-backplane.ts'
import { readBody } from '../support/read-body.ts'

import type { RealtimeOptions } from '../../src/index.ts'

const url = 'http://app.example/events'

function realtimeOf(options: RealtimeOptions = {}) {
  const realtime = createRealtime(options)
  onTestFinished(() => {
    for (const session of realtime.sessions) session.destroy()
    return realtime.close()
  })
  return realtime
}

describe('a channel by fetch', () => {
  it('is what a Next.js route handler returns', async () => {
    const realtime = realtimeOf()
    // A route handler is nothing but this.
    const GET = (request: Request) => realtime.fetch(request, { channel: 'a' })
    const response = await GET(new Request(url))
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([
      200,
      {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'private, no-store, no-transform',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      },
    ])
    const reading = readBody(response)
    expect((await reading.take(1))[0]?.event).toBe('steadystream.connected')
    const first = await realtime.publish('a', { n: 1 })
    await realtime.publish('a', { n: 2 })
    expect(await reading.take(2)).toEqual([
      { id: `${first.epoch}:1`, data: { n: 1 } },
      { id: `${first.epoch}:2`, data: { n: 2 } },
    ])
    await realtime.complete('a')
    expect(await reading.rest()).toEqual([{ id: `${first.epoch}:2`, event: 'steadystream.complete', data: {} }])
    expect([...realtime.sessions]).toEqual([])
  })

  it('resumes by header and by query, and is answered 204 at the end of a completed channel', async () => {
    const realtime = realtimeOf()
    const { epoch } = await realtime.publish('a', 1)
    await realtime.publish('a', 2)
    const byHeader = await realtime.fetch(new Request(url, { headers: { 'Last-Event-ID': `${epoch}:1` } }), {
      channel: 'a',
    })
    const byQuery = await realtime.fetch(new Request(`${url}?lastEventId=${epoch}:1`), { channel: 'a' })
    for (const response of [byHeader, byQuery]) {
      const [connected, event] = await readBody(response).take(2)
      expect([connected?.data, event]).toEqual([
        expect.objectContaining({ recovered: true }),
        { id: `${epoch}:2`, data: 2 },
      ])
    }
    await realtime.complete('a')
    const ended = await realtime.fetch(new Request(`${url}?lastEventId=${epoch}:2`), { channel: 'a' })
    expect([ended.status, ended.body]).toEqual([204, null])
  })

  it('is answered as a poll where JSON is accepted, or the route says so', async () => {
    const realtime = realtimeOf()
    const { epoch } = await realtime.publish('a', 1)
    const accepted = await realtime.fetch(
      new Request(`${url}?from=start`, { headers: { Accept: 'application/json' } }),
      { channel: 'a' },
    )
    const told = await realtime.fetch(new Request(`${url}?since=${epoch}:0`), { channel: 'a', transport: 'polling' })
    for (const response of [accepted, told]) {
      expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
      expect(await response.json()).toEqual({
        events: [{ type: 'event', channel: 'a', position: `${epoch}:1`, data: 1 }],
        positions: { a: `${epoch}:1` },
      })
    }
    const browser = new Request(url, { headers: { Accept: 'text/event-stream, application/json' } })
    const streamed = await realtime.fetch(browser, { channel: 'a' })
    expect(streamed.headers.get('Content-Type')).toBe('text/event-stream; charset=utf-8')
    await streamed.body?.cancel()
  })

  it('lets a poll wait for the next event', async () => {
    const realtime = realtimeOf()
    const { epoch } = await realtime.publish('a', 1)
    const answer = realtime.fetch(new Request(`${url}?since=${epoch}:1&wait=20`), {
      channel: 'a',
      transport: 'polling',
    })
    await vi.waitFor(() => expect(realtime.stats().polling.totalConnections).toBe(1))
    await realtime.publish('a', 2)
    expect(await (await answer).json()).toMatchObject({ positions: { a: `${epoch}:2` } })
    expect(realtime.stats().polling.totalConnections).toBe(0)
  })

  it.each([
    ['the signal aborts', (abort: AbortController) => abort.abort()],
    ['the body is cancelled', (_: AbortController, response: Response) => response.body?.cancel()],
  ])('notices that the client left: %s', async (_, leave) => {
    const realtime = realtimeOf()
    const abort = new AbortController()
    const response = await realtime.fetch(new Request(url, { signal: abort.signal }), { channel: 'a' })
    expect(realtime.stats().channels.totalSubscriptions).toBe(1)
    await leave(abort, response)
    await laterTurn()
    expect(realtime.stats()).toMatchObject({ sse: { totalConnections: 0 }, channels: { totalSubscriptions: 0 } })
  })

  it('opens nothing for a client that left before, or while it was judged', async () => {
    let letIn = (_: boolean) => {}
    const realtime = realtimeOf({ authorize: () => new Promise((resolve) => (letIn = resolve)) })
    await realtime.fetch(new Request(url, { signal: AbortSignal.abort() }), { channel: 'a' })
    const abort = new AbortController()
    const answer = realtime.fetch(new Request(url, { signal: abort.signal }), { channel: 'a' })
    await laterTurn()
    abort.abort()
    letIn(true)
    expect((await answer).body).toBeNull()
    await laterTurn()
    expect(realtime.stats()).toMatchObject({ sse: { totalConnections: 0 }, channels: { activeChannels: 0 } })
  })

  it('refuses as over node:http', async () => {
    const realtime = realtimeOf({ authorize: () => false, cors: { origins: ['https://app.example'] } })
    const headers = { Origin: 'https://app.example' }
    const refused = await realtime.fetch(new Request(url, { headers }), { channel: 'a' })
    expect([refused.status, refused.headers.get('Access-Control-Allow-Origin')]).toEqual([403, 'https://app.example'])
    expect(await refused.json()).toMatchObject({ error: { code: 'FORBIDDEN' } })
    const preflight = await realtime.fetch(new Request(url, { method: 'OPTIONS', headers }), { channel: 'a' })
    expect([preflight.status, preflight.headers.get('Access-Control-Max-Age')]).toEqual([204, '7200'])
  })

  it('counts the address that it is told', async () => {
    const realtime = realtimeOf({ limits: { connectionsPerIp: 1 } })
    const ask = (remoteAddress: string) => realtime.fetch(new Request(url), { channel: 'a', remoteAddress })
    const stream = (remoteAddress: string) =>
      realtime.stream(new Request(url), (send) => send(1), { name: 'one', remoteAddress })
    const statuses = [ask('192.0.2.1'), ask('192.0.2.1'), stream('192.0.2.1'), ask('192.0.2.2')]
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([200, 429, 429, 200])
  })

  it('ends the body of a HEAD request at once', async () => {
    const realtime = realtimeOf()
    const response = await realtime.fetch(new Request(url, { method: 'HEAD' }), { channel: 'a' })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect([...realtime.sessions]).toEqual([])
  })

  it('writes nothing ahead of the reader, and cuts one off that does not read', async () => {
    const realtime = realtimeOf({ limits: { queuedBytes: 64 * 1024 } })
    const response = await realtime.fetch(new Request(url), { channel: 'a' })
    const reading = readBody(response)
    await reading.take(1)
    for (let i = 0; i < 4; i++) {
      await realtime.publish('a', 'x'.repeat(16 * 1024))
      await laterTurn()
    }
    const [session] = realtime.sessions
    expect(session?.queuedBytes).toBeGreaterThan(16 * 1024)
    expect(await reading.take(4)).toHaveLength(4)
    expect(session?.queuedBytes).toBe(0)
    for (let i = 0; i < 8; i++) {
      await realtime.publish('a', 'x'.repeat(16 * 1024))
      await laterTurn()
    }
    expect([...realtime.sessions]).toEqual([])
    await expect(reading.rest()).rejects.toThrow('the server cut the stream')
  })

  it('ends a session whose response nobody ever reads', async () => {
    const realtime = realtimeOf({ limits: { stallMs: 20 } })
    await realtime.fetch(new Request(url), { channel: 'a' })
    expect([...realtime.sessions]).toHaveLength(1)
    await vi.waitFor(() => expect([...realtime.sessions]).toEqual([]))
  })

  it('tells its client when the server closes, and closing waits until that is read', async () => {
    const realtime = realtimeOf()
    const reading = readBody(await realtime.fetch(new Request(url), { channel: 'a' }))
    await reading.take(1)
    let closed = false
    const closing = realtime.close().then(() => (closed = true))
    await laterTurn()
    expect(closed).toBe(false)
    expect((await reading.rest()).map(({ event }) => event)).toEqual(['steadystream.close'])
    await closing
    const later = await realtime.fetch(new Request(url), { channel: 'a' })
    expect(later.status).toBe(503)
  })
})

describe('many channels by fetch', () => {
  const post = (body: object, more: object = {}) =>
    new Request(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...more },
    })

  it('are followed by query, and by a POST that is read to its end', async () => {
    const realtime = realtimeOf({ authorize: () => true })
    const byQuery = readBody(await realtime.fetch(new Request(`${url}?channels=a&channels=job:7`)))
    const byPost = readBody(await realtime.fetch(post({ channels: { a: null, 'job:7': null } })))
    // `connected`, and `subscribed` for each.
    for (const reading of [byQuery, byPost]) await reading.take(3)
    await realtime.publish({ type: 'job', id: '7' }, 'for both')
    for (const reading of [byQuery, byPost]) {
      expect((await reading.take(1))[0]?.data).toMatchObject({ channel: 'job:7', data: 'for both' })
    }
  })

  it('refuses a body that is too long, or no JSON', async () => {
    const realtime = realtimeOf({ authorize: () => true })
    const long = await realtime.fetch(post({ channels: { a: 'x'.repeat(70_000) } }))
    const form = await realtime.fetch(post({}, { 'Content-Type': 'text/plain' }))
    expect([long.status, form.status]).toEqual([413, 415])
  })
})

describe('a request-scoped stream by fetch', () => {
  it('answers a POST with what the producer sends, at the pace of the reader', async () => {
    const realtime = realtimeOf()
    let sent = 0
    const response = await realtime.stream(new Request(url, { method: 'POST', body: 'prompt' }), async (send) => {
      for (; sent < 100; sent++) await send('x'.repeat(16 * 1024))
    })
    for (let i = 0; i < 10; i++) await laterTurn()
    expect(sent).toBeLessThan(4)
    const blocks = await readBody(response).rest()
    expect([blocks.length, blocks.at(-1)]).toEqual([101, { event: 'steadystream.complete', data: {} }])
  })

  it('aborts the producer when the client leaves', async () => {
    const realtime = realtimeOf()
    const abort = new AbortController()
    let reason: unknown
    await realtime.stream(new Request(url, { signal: abort.signal }), async (send, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      reason = await send(1).catch((error: unknown) => error)
    })
    abort.abort()
    await vi.waitFor(() => expect(reason).toMatchObject({ name: 'AbortError' }))
    expect([...realtime.sessions]).toEqual([])
  })

  it('cuts the body where the producer throws', async () => {
    const realtime = realtimeOf()
    const response = await realtime.stream(new Request(url), async (send) => {
      await send(1)
      throw new Error('password is hunter2')
    })
    await expect(readBody(response).rest()).rejects.toThrow('the server cut the stream')
  })
})
