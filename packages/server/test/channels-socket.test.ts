import { describe, expect, it, vi } from 'vitest'

import { isEmpty } from './support/is-empty.ts'
import { join, say } from './support/join-socket.ts'
import { laggingBackplane } from './support/lagging-backplane.ts'
import { openSocket } from './support/open-socket.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

describe('many channels on one WebSocket', () => {
  it('are followed, each with its own position, until they are left', async () => {
    const { realtime, port } = await serveChannels()
    const { epoch } = await realtime.publish({ type: 'job', id: '7' }, 'before')
    const socket = await openSocket(port)
    expect(await socket.take(1)).toEqual([
      { type: 'connected', clientId: expect.stringMatching(/^ws_/), heartbeatInterval: 15_000 },
    ])
    say(
      socket,
      { type: 'subscribe', channel: 'job:7' },
      { type: 'subscribe', channel: { type: 'alerts', userId: 'ann' } },
    )
    const [job, alerts] = await socket.take(2)
    expect(job).toEqual({ type: 'subscribed', channel: 'job:7', position: `${epoch}:1` })
    expect(alerts).toMatchObject({ type: 'subscribed', channel: 'alerts:@ann' })
    await realtime.publish({ type: 'job', id: '7' }, 1)
    await realtime.publish({ type: 'alerts', userId: 'ann' }, 2)
    await realtime.publish({ type: 'alerts', id: 'ann' }, 'another channel')
    expect(await socket.take(2)).toMatchObject([
      { type: 'event', channel: 'job:7', position: `${epoch}:2`, data: 1 },
      { type: 'event', channel: 'alerts:@ann', data: 2 },
    ])
    say(socket, { type: 'unsubscribe', channel: 'job:7' })
    expect(await socket.take(1)).toEqual([{ type: 'unsubscribed', channel: 'job:7' }])
    await realtime.publish({ type: 'job', id: '7' }, 'unheard')
    await realtime.publish({ type: 'alerts', userId: 'ann' }, 3)
    expect(await socket.take(1)).toMatchObject([{ channel: 'alerts:@ann', data: 3 }])
    expect(realtime.stats().channels.channels).toEqual([{ channel: 'alerts:@ann', subscribers: 1 }])
    socket.ws.close()
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
  })

  it('are resumed each from its place, from the start, or with a gap', async () => {
    const { realtime, port } = await serveChannels({ history: { size: 2 } })
    const epochs: Record<string, string> = {}
    for (const channel of ['a', 'b', 'c']) {
      for (const n of [1, 2, 3]) epochs[channel] = (await realtime.publish(channel, n)).epoch
    }
    const { a, b, c } = epochs
    const socket = await join(port)
    say(
      socket,
      { type: 'subscribe', channel: 'a', position: `${a}:2` },
      { type: 'subscribe', channel: 'b', from: 'start' },
      { type: 'subscribe', channel: 'c', position: 'nonsense' },
    )
    const told = await socket.take(10)
    const of = (channel: string) => told.filter((envelope) => envelope['channel'] === channel)
    expect(of('a')).toEqual([
      { type: 'subscribed', channel: 'a', position: `${a}:2`, recovered: true },
      { type: 'event', channel: 'a', position: `${a}:3`, data: 3 },
    ])
    expect(of('b')).toEqual([
      { type: 'subscribed', channel: 'b', position: `${b}:1`, recovered: false },
      { type: 'gap', channel: 'b', kind: 'lost', to: `${b}:1` },
      { type: 'event', channel: 'b', position: `${b}:2`, data: 2 },
      { type: 'event', channel: 'b', position: `${b}:3`, data: 3 },
    ])
    expect(of('c').slice(0, 2)).toEqual([
      { type: 'subscribed', channel: 'c', position: `${c}:1`, recovered: false },
      { type: 'gap', channel: 'c', kind: 'lost', to: `${c}:1` },
    ])
  })

  it('complete one by one, and the connection stays', async () => {
    const { realtime, port } = await serveChannels()
    const socket = await join(port)
    say(socket, { type: 'subscribe', channel: 'a' }, { type: 'subscribe', channel: 'b' })
    await socket.take(2)
    await realtime.complete('a')
    await realtime.publish('b', 1)
    expect(await socket.take(2)).toMatchObject([
      { type: 'complete', channel: 'a' },
      { type: 'event', channel: 'b', data: 1 },
    ])
    say(socket, { type: 'subscribe', channel: 'a', from: 'start' })
    expect(await socket.take(2)).toMatchObject([
      { type: 'subscribed', channel: 'a' },
      { type: 'complete', channel: 'a' },
    ])
    expect(realtime.stats().channels.channels).toEqual([{ channel: 'b', subscribers: 1 }])
  })

  it('that are asked for twice begin anew', async () => {
    const { realtime, port } = await serveChannels()
    const { epoch } = await realtime.publish('a', 1)
    const socket = await join(port)
    say(socket, { type: 'subscribe', channel: 'a' }, { type: 'subscribe', channel: 'a', position: `${epoch}:0` })
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(1))
    await realtime.publish('a', 2)
    say(socket, { type: 'ping' })
    const told = await socket.take(4)
    expect(told.filter(({ type }) => type === 'event').map(({ data }) => data)).toEqual([1, 2])
  })

  it('that are left while they are judged are not joined', async () => {
    let letIn = (_: boolean) => {}
    const authorize = vi.fn(() => new Promise<boolean>((resolve) => (letIn = resolve)))
    const { realtime, port } = await serveChannels({ authorize })
    const socket = await join(port)
    say(socket, { type: 'subscribe', channel: 'a' }, { type: 'unsubscribe', channel: 'a' })
    expect(await socket.take(1)).toEqual([{ type: 'unsubscribed', channel: 'a' }])
    letIn(true)
    await realtime.publish('a', 1)
    say(socket, { type: 'ping' })
    expect(await socket.take(1)).toEqual([{ type: 'pong' }])
    expect(realtime.stats().channels.activeChannels).toBe(0)
  })

  it('security 34: are let go of when the client goes in the middle of it', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannels({ backplane })
    const socket = await join(port)
    for (const channel of ['a', 'b', 'c']) say(socket, { type: 'subscribe', channel })
    await until(() => realtime.stats().channels.activeChannels === 3)
    socket.ws.terminate()
    await until(() => isEmpty(realtime))
  })

  it('answers UNAVAILABLE where a channel cannot be reached', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannels({ backplane })
    const socket = await join(port)
    backplane.failReads(true)
    say(socket, { type: 'subscribe', channel: 'a' })
    expect(await socket.take(1)).toMatchObject([{ type: 'error', code: 'UNAVAILABLE', channel: 'a' }])
    expect(realtime.stats().channels.activeChannels).toBe(0)
  })
})

describe('security 10: each channel is judged', () => {
  it('when it is asked for, by what it is', async () => {
    const asked: unknown[] = []
    const authorize = (principal: { userId?: string | undefined } | undefined, action: string, channel: unknown) => {
      asked.push([principal?.userId, action, channel])
      return channel === 'open'
    }
    const { realtime, port } = await serveChannels({ authenticate: byToken, authorize })
    const socket = await join(port, '/ws', { Authorization: 'Bearer ann' })
    for (const channel of ['open', 'job:7', { type: 'alerts', userId: 'bob' }])
      say(socket, { type: 'subscribe', channel })
    const told = await socket.take(3)
    expect(told).toMatchObject([
      { type: 'error', code: 'FORBIDDEN', channel: 'job:7' },
      { type: 'error', code: 'FORBIDDEN', channel: 'alerts:@bob' },
      { type: 'subscribed', channel: 'open' },
    ])
    expect(asked).toEqual([
      ['ann', 'subscribe', 'open'],
      ['ann', 'subscribe', { type: 'job', id: '7' }],
      ['ann', 'subscribe', { type: 'alerts', userId: 'bob' }],
    ])
    expect(realtime.stats().channels.totalSubscriptions).toBe(1)
  })

  it('and none can be chosen where nobody judges', async () => {
    const { port } = await serveChannels({ authorize: undefined })
    const socket = await join(port)
    say(socket, { type: 'subscribe', channel: 'a' })
    expect(await socket.take(1)).toMatchObject([{ type: 'error', code: 'FORBIDDEN' }])
  })
})

describe('security 12 and 14: commands from outside', () => {
  it.each([
    'null',
    '[]',
    '5',
    '{"type":"subscribe"}',
    '{"type":"subscribe","channel":""}',
    '{"type":"subscribe","channel":"a\\u0000"}',
    '{"type":"subscribe","channel":{"type":"a:b","id":"c"}}',
    '{"type":"subscribe","channel":{"type":"a","id":"b","userId":"c"}}',
    '{"type":"subscribe","channel":{"__proto__":{"type":"a","id":"b"}}}',
    '{"type":"subscribe","channel":"a","from":"yesterday"}',
    '{"type":"subscribe","channel":"a","position":7}',
    '{"type":"unsubscribe","channel":{}}',
    '{"type":"publish","channel":"a"}',
    '{"type":"auth","token":""}',
    '{"__proto__":{"type":"ping"}}',
    '{"type":"toString"}',
    '['.repeat(60_000),
    '{',
  ])('%s is refused', async (text) => {
    const { port } = await serveChannels()
    const socket = await join(port)
    socket.ws.send(text)
    expect(await socket.take(1)).toMatchObject([{ type: 'error', code: 'BAD_REQUEST' }])
  })

  it('a name that means something to JavaScript is a name', async () => {
    const { realtime, port } = await serveChannels()
    const socket = await join(port)
    for (const channel of ['__proto__', 'constructor']) say(socket, { type: 'subscribe', channel })
    await socket.take(2)
    await realtime.publish('__proto__', 1)
    await realtime.publish('constructor', 2)
    expect(await socket.take(2)).toMatchObject([{ channel: '__proto__' }, { channel: 'constructor' }])
    expect(Object.prototype).not.toHaveProperty('position')
  })
})
