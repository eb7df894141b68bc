import { describe, expect, it, vi } from 'vitest'

import { readStream } from './support/read-stream.ts'
import { frameworks, serve } from './support/serve.ts'

import type { RealtimeOptions } from '../src/index.ts'

describe.each(frameworks)('a channel over %s', (kind) => {
  function serveChannel(options: RealtimeOptions = {}) {
    return serve((realtime, req, res) => realtime.node(req, res, { channel: 'a' }), options, kind)
  }

  it('security 23 and 32: answers with the headers of an uncacheable, unbuffered event stream', async () => {
    const { port } = await serveChannel()
    const { status, headers } = await readStream(port)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    expect(headers).not.toHaveProperty('content-encoding')
  })

  it('greets at once with a comment and where delivery goes on, then sends events as JSON', async () => {
    const { realtime, port } = await serveChannel()
    const reading = await readStream(port)
    const [connected] = await reading.take(1)
    const epoch = connected?.id?.split(':')[0]
    expect(reading.text()).toMatch(
      /^: connected\n\nid: [\w-]{8,64}:0\nevent: steadystream\.connected\ndata: \{"clientId":"sse_[\w-]{16}","heartbeatInterval":15000\}\n\n$/,
    )
    const greeting = reading.text().length
    await realtime.publish('a', { text: 'zwei\nZeilen ü 🎬' })
    await realtime.publish('a', 'plain')
    await realtime.complete('a')
    await reading.rest()
    expect(reading.text().slice(greeting)).toBe(
      `id: ${epoch}:1\ndata: {"text":"zwei\\nZeilen ü 🎬"}\n\n` +
        `id: ${epoch}:2\ndata: "plain"\n\n` +
        `id: ${epoch}:2\nevent: steadystream.complete\ndata: {}\n\n`,
    )
  })

  it('resumes after the position in Last-Event-ID, or in the query', async () => {
    const { realtime, port } = await serveChannel()
    const positions = []
    for (const event of [1, 2, 3]) positions.push(await realtime.publish('a', event))
    const epoch = positions[0]?.epoch
    for (const ask of [
      { headers: { 'Last-Event-ID': `${epoch}:1` } },
      { path: `/events?lastEventId=${epoch}:1` },
      { path: '/events?from=start', headers: { 'Last-Event-ID': `${epoch}:1` } },
    ]) {
      const blocks = await (await readStream(port, ask)).take(3)
      expect(blocks).toEqual([
        { id: `${epoch}:1`, event: 'steadystream.connected', data: expect.objectContaining({ recovered: true }) },
        { id: `${epoch}:2`, data: 2 },
        { id: `${epoch}:3`, data: 3 },
      ])
    }
  })

  it('declares what is trimmed, then replays what is left', async () => {
    const { realtime, port } = await serveChannel({ history: { size: 2 } })
    const { epoch } = await realtime.publish('a', 1)
    for (const event of [2, 3, 4]) await realtime.publish('a', event)
    const resumed = await readStream(port, { headers: { 'Last-Event-ID': `${epoch}:1` } })
    expect(await resumed.take(4)).toEqual([
      { event: 'steadystream.connected', data: expect.objectContaining({ recovered: false }) },
      {
        id: `${epoch}:2`,
        event: 'steadystream.gap',
        data: { kind: 'lost', from: `${epoch}:1`, to: `${epoch}:2` },
      },
      { id: `${epoch}:3`, data: 3 },
      { id: `${epoch}:4`, data: 4 },
    ])
    const [connected, gap, three] = await (await readStream(port, { path: '/events?from=start' })).take(3)
    expect([connected?.id, connected?.data]).toEqual([undefined, expect.not.objectContaining({ recovered: false })])
    expect(gap?.data).toEqual({ kind: 'lost', to: `${epoch}:2` })
    expect(three?.data).toBe(3)
  })

  it('declares another life of the channel and replays all of this one', async () => {
    const { realtime, port } = await serveChannel()
    const { epoch } = await realtime.publish('a', 1)
    const reading = await readStream(port, { headers: { 'Last-Event-ID': 'former:41' } })
    expect((await reading.take(3)).slice(1)).toEqual([
      { id: `${epoch}:0`, event: 'steadystream.gap', data: { kind: 'lost', from: 'former:41', to: `${epoch}:0` } },
      { id: `${epoch}:1`, data: 1 },
    ])
  })

  it('replays a completed channel, says so, ends, and then answers 204', async () => {
    const { realtime, port } = await serveChannel()
    const { epoch } = await realtime.publish('a', 1)
    await realtime.complete('a')
    await realtime.complete('a')
    const complete = { id: `${epoch}:1`, event: 'steadystream.complete', data: {} }
    const all = await (await readStream(port, { path: '/events?from=start' })).rest()
    expect(all.slice(1)).toEqual([{ id: `${epoch}:1`, data: 1 }, complete])
    const fresh = await (await readStream(port)).rest()
    expect(fresh.slice(1)).toEqual([complete])
    const resumed = await (await readStream(port, { headers: { 'Last-Event-ID': `${epoch}:0` } })).rest()
    expect(resumed.slice(1)).toEqual([{ id: `${epoch}:1`, data: 1 }, complete])
    const finished = await readStream(port, { headers: { 'Last-Event-ID': `${epoch}:1` } })
    await finished.rest()
    expect([finished.status, finished.text()]).toEqual([204, ''])
    await expect(realtime.publish('a', 2)).rejects.toMatchObject({ name: 'RealtimeError', code: 'CHANNEL_COMPLETED' })
  })

  it('keeps a quiet link open with comments', async () => {
    const { port } = await serveChannel({ heartbeat: { intervalMs: 20 } })
    const reading = await readStream(port, { comments: true })
    const blocks = await reading.take(4)
    expect(blocks.map(({ comment }) => comment)).toEqual(['connected', undefined, 'keep-alive', 'keep-alive'])
  })

  it('replays far more than a socket takes at once, in order and complete', async () => {
    const { realtime, port } = await serveChannel({ history: { size: 5000, bytes: 64 * 1024 * 1024 } })
    const filler = 'x'.repeat(4000)
    for (let event = 1; event <= 4000; event++) void realtime.publish('a', [event, filler])
    await realtime.complete('a')
    const reading = await readStream(port, { path: '/events?from=start' })
    reading.pause()
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    const [session] = realtime.sessions
    expect(session?.queuedBytes).toBeLessThan(1024 * 1024)
    reading.resume()
    const blocks = await reading.rest()
    expect(blocks).toHaveLength(4002)
    expect(blocks.slice(1, -1).every(({ data }, index) => Array.isArray(data) && data[0] === index + 1)).toBe(true)
  }, 30_000)

  it('answers HEAD with the headers alone', async () => {
    const { realtime, port } = await serveChannel()
    const reading = await readStream(port, { method: 'HEAD' })
    await reading.rest()
    expect([reading.status, reading.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8'])
    expect(realtime.stats().channels.activeChannels).toBe(0)
  })

  it.each(['POST', 'PUT', 'DELETE'])('refuses %s', async (method) => {
    const { port } = await serveChannel()
    const reading = await readStream(port, { method })
    await reading.over
    expect([reading.status, reading.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect(JSON.parse(reading.text())).toEqual({ error: { code: 'METHOD_NOT_ALLOWED', message: 'use GET or HEAD' } })
  })
})
