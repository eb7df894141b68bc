import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { openSocket } from './support/open-socket.ts'
import { serveChannels } from './support/serve-channels.ts'

import type { RealtimeOptions } from '../src/index.ts'

const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string

/** A client that offers no subprotocol, greeted. */
async function connect(port: number, path = '/ws') {
  const socket = await openSocket(port, path, {}, [])
  const [greeting] = await socket.take(1)
  return { ...socket, greeting, say: (message: object) => socket.ws.send(JSON.stringify(message)) }
}

const byUserId: RealtimeOptions = { authenticate: ({ query }) => ({ userId: query.get('userId') ?? undefined }) }

describe('a client that offers no subprotocol', () => {
  it('is greeted, and gets events as they were published', async () => {
    const { realtime, port } = await serveChannels()
    const { ws, greeting, say, take } = await connect(port)
    expect(ws.protocol).toBe('')
    const clientId = expect.stringMatching(/^ws_/) as string
    expect(greeting).toEqual({ type: 'connected', message: 'Connected to realtime updates', clientId, timestamp })
    say({ type: 'subscribe', channel: { type: 'job_progress', id: 'job_123' } })
    say({ type: 'ping' })
    expect(await take(1)).toEqual([{ type: 'pong', timestamp }])
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(1))
    const events = [{ type: 'job_progress', progress: 0.5 }, { type: 'job_progress', progress: 1 }] // prettier-ignore
    for (const event of events) await realtime.publish({ type: 'job_progress', id: 'job_123' }, event)
    expect(await take(2)).toEqual(events)
  })

  it('leaves one channel, or all of a type', async () => {
    const { realtime, port } = await serveChannels()
    const { say } = await connect(port)
    const followed = () => realtime.stats().channels.channels.map(({ channel }) => channel)
    for (const id of ['1', '2', '3']) say({ type: 'subscribe', channel: { type: 'job', id } })
    say({ type: 'subscribe', channel: { type: 'live', userId: 'ann' } })
    await vi.waitFor(() => expect(followed()).toHaveLength(4))
    say({ type: 'unsubscribe', channel: { type: 'job', id: '2' } })
    await vi.waitFor(() => expect(followed()).toEqual(['job:1', 'job:3', 'live:@ann']))
    say({ type: 'unsubscribe', channel: { type: 'job' } })
    await vi.waitFor(() => expect(followed()).toEqual(['live:@ann']))
  })

  it('is told of errors, completion, and what it missed', async () => {
    const { realtime, port } = await serveChannels({ history: { size: 1 } })
    const { say, take } = await connect(port)
    say({ type: 'dance' })
    expect(await take(1)).toEqual([{ type: 'error', code: 'BAD_REQUEST', message: 'this is no command', timestamp }])
    for (const n of [1, 2]) await realtime.publish({ type: 'a', id: '1' }, n)
    say({ type: 'subscribe', channel: { type: 'a', id: '1' }, from: 'start' })
    const channel = { type: 'a', id: '1' }
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(1))
    await realtime.complete(channel)
    expect(await take(3)).toEqual([{ type: 'gap', channel, timestamp }, 2, { type: 'complete', channel, timestamp }])
  })

  it('sees a heartbeat where nothing else comes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { port } = await serveChannels()
    const { frames } = await connect(port)
    await vi.advanceTimersByTimeAsync(16_000)
    await vi.waitFor(() => expect(frames).toHaveLength(2))
    expect(JSON.parse(frames[1] ?? '')).toEqual({ type: 'heartbeat', serverTime: timestamp })
  })

  it.each([
    ['the server goes', 1012, 'shutdown'],
    ['its credentials expire', 4401, 'expired'],
  ])('reads a code that everybody knows when %s', async (_, code, reason) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveChannels({ limits: { lifetimeMs: 10_000 } })
    const { over, rest } = await connect(port)
    if (reason === 'shutdown') void realtime.close()
    else await vi.advanceTimersByTimeAsync(11_000)
    expect(await over).toEqual({ code, reason })
    expect(await rest()).toMatchObject([{ type: 'close', reason }])
  })
})

describe('the short ways', () => {
  it('/ws?jobId= follows the two channels of a job', async () => {
    const { realtime, port } = await serveChannels()
    const { take } = await connect(port, '/ws?jobId=job_1')
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(2))
    await realtime.publish({ type: 'job_progress', id: 'job_1' }, 'progress')
    await realtime.publish({ type: 'video_render', id: 'job_1' }, 'frame')
    await realtime.publish({ type: 'job_progress', id: 'job_2' }, 'of another')
    await realtime.publish({ type: 'job_progress', id: 'job_1' }, 'done')
    // There is no order across channels.
    expect(new Set(await take(3))).toEqual(new Set(['progress', 'frame', 'done']))
  })

  it('with from=start, from their beginning, and under our subprotocol in envelopes', async () => {
    const { realtime, port } = await serveChannels()
    await realtime.publish({ type: 'job_progress', id: 'job_1' }, 'before')
    const socket = await openSocket(port, '/ws?jobId=job_1&from=start')
    const told = await socket.take(4)
    expect(new Set(told.map(({ type, channel, data }) => data ?? channel ?? type))).toEqual(
      new Set(['connected', 'job_progress:job_1', 'before', 'video_render:job_1']),
    )
  })

  it('security 10: a job that is not for the client is refused', async () => {
    const { port } = await serveChannels({ authorize: () => false })
    const { take } = await connect(port, '/ws?jobId=job_1')
    expect(await take(2)).toMatchObject([{ code: 'FORBIDDEN' }, { code: 'FORBIDDEN' }])
  })

  it('/ws/alerts follows the alerts of who asks', async () => {
    const { realtime, port } = await serveChannels({ ...byUserId, authorize: undefined })
    const ann = await connect(port, '/ws/alerts?userId=ann')
    await connect(port, '/ws/alerts?userId=bob')
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(2))
    await realtime.publish({ type: 'alerts', userId: 'bob' }, 'for bob')
    await realtime.publish({ type: 'alerts', userId: 'ann' }, 'for ann')
    expect(await ann.take(1)).toEqual(['for ann'])
  })

  it('/ws/alerts is nobody’s who has no name', async () => {
    const { port } = await serveChannels(byUserId)
    await expect(openSocket(port, '/ws/alerts', {}, [])).rejects.toThrow('403')
    const { over } = await openSocket(port, '/ws/alerts')
    expect(await over).toEqual({ code: 3503, reason: 'forbidden' })
  })

  it('detaching takes both paths away', async () => {
    const { realtime, server, port } = await serveChannels()
    const detach = realtime.attachWebSocket(server, { path: '/live' })
    await connect(port, '/live')
    detach()
    for (const path of ['/live', '/live/alerts']) await expect(openSocket(port, path)).rejects.toThrow('404')
  })
})
