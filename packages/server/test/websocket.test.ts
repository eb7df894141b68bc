import { describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'

import { createRealtime } from '../src/index.ts'
import { openSocket, refusedUpgrade } from './support/open-socket.ts'
import { serve } from './support/serve.ts'
import { serveAll } from './support/serve-socket.ts'

import type { WebSocketRoute } from '../src/index.ts'

const steady = { type: 'connected', clientId: expect.stringMatching(/^ws_[\w-]{16}$/), heartbeatInterval: 15_000 }

function event(epoch: string, offset: number, data: unknown) {
  return { type: 'event', channel: 'a', position: `${epoch}:${offset}`, data }
}

describe('a channel over WebSocket', () => {
  it('security 7: selects the subprotocol and nothing else that was offered', async () => {
    const { port } = await serveAll()
    const { ws } = await openSocket(port)
    expect([ws.protocol, ws.extensions]).toEqual(['steadystream.v1', ''])
    const refused = refusedUpgrade(port, '/ws', { 'Sec-WebSocket-Protocol': 'bearer.secret, steadystream.v1' })
    await expect(refused).rejects.toThrow('accepted')
  })

  it('introduces itself in one frame, then sends what one turn publishes in one', async () => {
    const { realtime, port } = await serveAll()
    const socket = await openSocket(port)
    const [connected, subscribed] = await socket.take(2)
    const epoch = String(subscribed?.['position']).split(':')[0] ?? ''
    expect([connected, subscribed]).toEqual([steady, { type: 'subscribed', channel: 'a', position: `${epoch}:0` }])
    await realtime.publish('a', 'alone')
    await socket.take(1)
    for (const data of [1, 2, 3]) await realtime.publish('a', data)
    expect(await socket.take(3)).toEqual([event(epoch, 2, 1), event(epoch, 3, 2), event(epoch, 4, 3)])
    expect(socket.frames.map((text) => [JSON.parse(text)].flat().length)).toEqual([2, 1, 3])
  })

  it('resumes after a position that it can honour', async () => {
    const { realtime, port } = await serveAll()
    const { epoch } = await realtime.publish('a', 1)
    await realtime.publish('a', 2)
    const [, subscribed, two] = await (await openSocket(port, `/ws?lastEventId=${epoch}:1`)).take(3)
    expect(subscribed).toEqual({ type: 'subscribed', channel: 'a', position: `${epoch}:1`, recovered: true })
    expect(two).toEqual(event(epoch, 2, 2))
  })

  it('declares what it cannot honour, then replays what is left', async () => {
    const { realtime, port } = await serveAll({ history: { size: 1 } })
    const { epoch } = await realtime.publish('a', 1)
    for (const data of [2, 3]) await realtime.publish('a', data)
    const subscribed = { type: 'subscribed', channel: 'a', position: `${epoch}:2`, recovered: false }
    const gap = { type: 'gap', channel: 'a', kind: 'lost', to: `${epoch}:2` }
    const late = await openSocket(port, `/ws?lastEventId=${epoch}:1`)
    expect(await late.take(4)).toEqual([steady, subscribed, { ...gap, from: `${epoch}:1` }, event(epoch, 3, 3)])
    const fromStart = await openSocket(port, '/ws?from=start')
    expect(await fromStart.take(4)).toEqual([steady, subscribed, gap, event(epoch, 3, 3)])
    const hostile = await openSocket(port, '/ws?lastEventId=%00%0d%0a')
    expect(await hostile.take(4)).toEqual([steady, subscribed, gap, event(epoch, 3, 3)])
  })

  it('ends with the channel: complete, then 1000; and so for those who come at or after the end', async () => {
    const { realtime, port } = await serveAll()
    const { epoch } = await realtime.publish('a', 1)
    const live = await openSocket(port, '/ws?from=start')
    await live.take(3)
    await realtime.complete('a')
    const complete = { type: 'complete', channel: 'a', position: `${epoch}:1` }
    expect([await live.rest(), await live.over]).toEqual([[complete], { code: 1000, reason: '' }])
    const late = await openSocket(port, '/ws?from=start')
    expect((await late.rest()).slice(2)).toEqual([event(epoch, 1, 1), complete])
    const atEnd = await openSocket(port, `/ws?lastEventId=${epoch}:1`)
    expect((await atEnd.rest()).slice(1)).toEqual([
      { type: 'subscribed', channel: 'a', position: `${epoch}:1`, recovered: true },
      complete,
    ])
    expect(await atEnd.over).toEqual({ code: 1000, reason: '' })
  })

  it('sends an event of any size, and long batches as several frames', async () => {
    const { realtime, port } = await serveAll({ history: { bytes: 2 ** 26 } })
    const socket = await openSocket(port)
    await socket.take(2)
    const long = 'x'.repeat(3_000_000)
    void realtime.publish('a', long)
    for (let i = 0; i < 20; i++) void realtime.publish('a', 'y'.repeat(50_000))
    const [first, ...others] = await socket.take(21)
    expect([first?.['data'] === long, others.length]).toEqual([true, 20])
    const counts = socket.frames.map((text) => [JSON.parse(text)].flat().length)
    expect([counts[1], Math.max(...counts)]).toEqual([1, 5])
    expect(Math.max(...socket.frames.slice(2).map((text) => text.length))).toBeLessThan(256 * 1024 + 10)
  })

  it('answers ping with pong, and keeps a quiet link alive', async () => {
    const { port } = await serveAll({ heartbeat: { intervalMs: 20 } })
    const socket = await openSocket(port)
    await socket.take(2)
    socket.ws.send('{"type":"ping"}')
    expect(await socket.take(1)).toEqual([{ type: 'pong' }])
    await vi.waitFor(() => expect(socket.frames).toContain('{"type":"heartbeat"}'))
  })

  it('counts in the stats, beside the others', async () => {
    const { realtime, port } = await serveAll()
    const socket = await openSocket(port)
    await socket.take(2)
    await realtime.publish('a', 1)
    await socket.take(1)
    const client = { channel: 'a', eventsSent: 1, queuedBytes: 0, clientId: steady.clientId }
    expect(realtime.stats()).toMatchObject({
      sse: { totalConnections: 0, totalEvents: 0, clients: [] },
      websocket: { totalConnections: 1, totalEvents: 1, clients: [client] },
      channels: { totalSubscriptions: 1 },
    })
    expect(Array.from(realtime.sessions, ({ transport }) => transport)).toEqual(['websocket'])
  })
})

describe('attachWebSocket', () => {
  it('lets several attachments and listeners of the user share a server', async () => {
    const { realtime, server, port } = await serveAll()
    realtime.attachWebSocket(server, {
      path: '/jobs/*',
      channel: (_, { pathname }) => ({ type: 'job', id: pathname.slice('/jobs/'.length) }),
    })
    const other = createRealtime()
    other.attachWebSocket(server, { path: '/other', channel: () => 'b' })
    const own = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/own') own.handleUpgrade(request, socket, head, (ws) => ws.send('{"type":"own"}'))
    })
    const channels = []
    for (const path of ['/ws', '/jobs/7', '/other']) {
      const [, subscribed] = await (await openSocket(port, path)).take(2)
      channels.push(subscribed?.['channel'])
    }
    expect(channels).toEqual(['a', 'job:7', 'b'])
    expect(await (await openSocket(port, '/own')).take(1)).toEqual([{ type: 'own' }])
    await other.close()
  })

  it('answers 404 where nobody else would answer, and where there is no channel', async () => {
    const { port } = await serveAll({}, { path: '/ws/*', channel: (_, url) => url.searchParams.get('c') ?? undefined })
    const nowhere = { status: 404, body: { error: { code: 'NOT_FOUND', message: 'there is no WebSocket here' } } }
    for (const path of ['/', '/ws', '/wss/1', '//ws/1', 'http://ws/ws/1']) {
      expect(await refusedUpgrade(port, path)).toMatchObject(nowhere)
    }
    expect(await refusedUpgrade(port, '/ws/1')).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND', message: 'there is no such channel' } },
    })
    expect(await refusedUpgrade(port, '/ws/1?c=%00')).toMatchObject({ status: 400 })
  })

  it('security 25: a channel function that throws is told to nobody', async () => {
    const { port } = await serveAll({}, { channel: () => { throw new Error('hunter2') } }) // prettier-ignore
    const { status, body } = await refusedUpgrade(port)
    expect([status, body]).toEqual([500, { error: { code: 'INTERNAL', message: 'internal error' } }])
  })

  it('detaches, alone and with close', async () => {
    const { realtime, server, port } = await serveAll()
    const detach = realtime.attachWebSocket(server, { path: '/more', channel: () => 'b' })
    expect(server.listenerCount('upgrade')).toBe(1)
    detach()
    detach()
    expect(await refusedUpgrade(port, '/more')).toMatchObject({ status: 404 })
    await realtime.close()
    expect(server.listenerCount('upgrade')).toBe(0)
  })

  it.each<[string, unknown, string]>([
    ['no path', { channel: () => 'a' }, 'path must be a path such as "/ws", got undefined'],
    ['a path with a query', { path: '/ws?a', channel: () => 'a' }, 'path must be a path'],
    ['no function', { path: '/ws', channel: 'a' }, 'channel must be a function'],
    ['another start', { path: '/ws', channel: () => 'a', from: 'end' }, 'from must be "start" or "now"'],
    ['a misspelt option', { path: '/ws', chanel: () => 'a' }, 'attachWebSocket.chanel is not an option'],
  ])('refuses %s', async (_, route, message) => {
    const { realtime, server } = await serve(() => {})
    // On purpose what the type forbids: JavaScript callers pass anything.
    expect(() => realtime.attachWebSocket(server, route as WebSocketRoute)).toThrow(message)
    expect(server.listenerCount('upgrade')).toBe(0)
  })

  it('refuses a path that is taken', async () => {
    const { realtime, server } = await serveAll()
    expect(() => realtime.attachWebSocket(server, { path: '/ws', channel: () => 'b' })).toThrow('/ws is attached')
  })
})
