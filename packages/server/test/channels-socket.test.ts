import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { laggingBackplane, laterTurn } from './support/lagging-backplane.ts'
import { openSocket, refusedUpgrade } from './support/open-socket.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

import type { Channel, Realtime } from '../src/index.ts'
import type { Speaking } from './support/open-socket.ts'

function say({ ws }: Speaking, ...envelopes: readonly object[]): void {
  for (const envelope of envelopes) ws.send(JSON.stringify(envelope))
}

function isEmpty({ stats }: Realtime) {
  const { websocket, channels } = stats()
  return websocket.totalConnections === 0 && channels.activeChannels === 0
}

/** A connection that has been greeted. */
async function join(port: number, path = '/ws', headers = {}) {
  const socket = await openSocket(port, path, { headers })
  await socket.take(1)
  return socket
}

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

describe('security 18: floods', () => {
  it('a connection follows so many channels', async () => {
    const { port } = await serveChannels({ limits: { channelsPerConnection: 2 } })
    const socket = await join(port)
    for (const channel of ['a', 'b', 'c', 'a']) say(socket, { type: 'subscribe', channel })
    const told = await socket.take(3)
    expect(told.map(({ code, type, channel }) => [code ?? type, channel])).toEqual([
      ['TOO_MANY_CHANNELS', 'c'],
      ['subscribed', 'b'],
      ['subscribed', 'a'],
    ])
    say(socket, { type: 'unsubscribe', channel: 'a' }, { type: 'subscribe', channel: 'c' })
    expect((await socket.take(2)).at(-1)).toMatchObject({ type: 'subscribed', channel: 'c' })
  })

  it('a process follows so many channels, and others when one is left', async () => {
    const { port } = await serveChannels({ limits: { channels: 1 } })
    const [one, other] = [await join(port), await join(port)]
    say(one, { type: 'subscribe', channel: 'a' })
    await one.take(1)
    say(other, { type: 'subscribe', channel: 'b' })
    expect(await other.take(1)).toMatchObject([{ type: 'error', code: 'TOO_MANY_CHANNELS', channel: 'b' }])
    say(other, { type: 'subscribe', channel: 'a' })
    expect(await other.take(1)).toMatchObject([{ type: 'subscribed' }])
    one.ws.close()
    say(other, { type: 'unsubscribe', channel: 'a' })
    await other.take(1)
    await vi.waitFor(async () => {
      say(other, { type: 'subscribe', channel: 'b' })
      expect(await other.take(1)).toMatchObject([{ type: 'subscribed' }])
    })
  })

  it('commands over the rate are refused, those of a client that goes on end it with 3509', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveChannels({ limits: { commandsPerSecond: 2 } })
    const socket = await join(port)
    const churn = (times: number) => {
      for (let i = 0; i < times; i++) say(socket, { type: 'unsubscribe', channel: 'a' })
    }
    churn(9)
    expect((await socket.take(9)).map(({ type, code }) => code ?? type)).toEqual([
      ...Array.from({ length: 8 }, () => 'unsubscribed'),
      'RATE_LIMITED',
    ])
    vi.advanceTimersByTime(1000)
    churn(12)
    const rest = await socket.rest()
    expect(rest.map(({ type, code }) => code ?? type)).toEqual([
      'unsubscribed',
      'unsubscribed',
      ...Array.from({ length: 10 }, () => 'RATE_LIMITED'),
      3509,
    ])
    expect(await socket.over).toEqual({ code: 3509, reason: 'too many errors' })
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
  })

  it('errors far apart end nothing', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { port } = await serveChannels()
    const socket = await join(port)
    for (let i = 0; i < 30; i++) {
      say(socket, { type: 'dance' })
      expect(await socket.take(1)).toMatchObject([{ code: 'BAD_REQUEST' }])
      vi.advanceTimersByTime(6000)
    }
  })
})

describe('security 21: replays', () => {
  it('are limited for each user, and what is a little behind is none', async () => {
    const { realtime, port } = await serveChannels({
      authenticate: byToken,
      limits: { replaysPerMinute: 2 },
    })
    for (let n = 0; n <= 150; n++) await realtime.publish('a', n)
    const { epoch } = await realtime.publish('a', 'last')
    const ann = await join(port, '/ws', { Authorization: 'Bearer ann' })
    const readUntil = async (type: string) => {
      for (;;) {
        const [envelope] = await ann.take(1)
        if (envelope?.type === type) return envelope
      }
    }
    for (let i = 0; i < 2; i++) {
      say(ann, { type: 'subscribe', channel: 'a', from: 'start' })
      await readUntil('event')
      say(ann, { type: 'unsubscribe', channel: 'a' })
      await readUntil('unsubscribed')
    }
    say(ann, { type: 'subscribe', channel: 'a', from: 'start' })
    expect(await readUntil('error')).toMatchObject({ code: 'RATE_LIMITED', channel: 'a' })
    say(ann, { type: 'subscribe', channel: 'a', position: `${epoch}:100` })
    expect(await readUntil('subscribed')).toMatchObject({ recovered: true })
    const bob = await join(port, '/ws', { Authorization: 'Bearer bob' })
    say(bob, { type: 'subscribe', channel: 'a', from: 'start' })
    expect((await bob.take(2)).map(({ type }) => type)).toEqual(['subscribed', 'event'])
  })
})

describe('clients that publish', () => {
  const publishing = {
    authenticate: byToken,
    authorize: (_: unknown, __: unknown, channel: Channel | undefined) => channel !== 'shut',
    clientPublish: true,
  }

  it('security 26: are refused unless that is turned on, whatever authorize says', async () => {
    const { port } = await serveChannels({ authorize: () => true })
    const socket = await join(port)
    say(socket, { type: 'publish', channel: 'a', data: {}, id: 'm1' })
    expect(await socket.take(1)).toEqual([
      { type: 'error', code: 'FORBIDDEN', message: 'clients cannot publish here', channel: 'a', id: 'm1' },
    ])
  })

  it('security 26: are judged for each channel, and stamped by the server', async () => {
    const { port } = await serveChannels(publishing)
    const socket = await join(port, '/ws', { Authorization: 'Bearer ann' })
    say(socket, { type: 'subscribe', channel: 'chat' })
    await socket.take(1)
    say(
      socket,
      { type: 'publish', channel: 'shut', data: {} },
      { type: 'publish', channel: 'chat', data: { text: 'hi', sender: 'bob' }, id: 'm1' },
    )
    const told = await socket.take(3)
    expect(told).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'error', code: 'FORBIDDEN', channel: 'shut' }),
        { type: 'published', channel: 'chat', position: expect.stringMatching(/:1$/), id: 'm1' },
        expect.objectContaining({ type: 'event', channel: 'chat', data: { text: 'hi', sender: 'ann' } }),
      ]),
    )
  })

  it('are heard in the order in which they speak, however long each is judged', async () => {
    const waits = [20, 0, 10, 0]
    const { port } = await serveChannels({
      authorize: (_, action) => {
        const turns = action === 'publish' ? (waits.shift() ?? 0) : 0
        return Array.from({ length: turns }).reduce<Promise<unknown>>((last) => last.then(laterTurn), Promise.resolve()).then(() => true) // prettier-ignore
      },
      clientPublish: (data) => data,
    })
    const socket = await join(port)
    say(socket, { type: 'subscribe', channel: 'a' })
    await socket.take(1)
    for (let n = 1; n <= 4; n++) say(socket, { type: 'publish', channel: 'a', data: n })
    const told = await socket.take(8)
    expect(told.filter(({ type }) => type === 'event').map(({ data }) => data)).toEqual([1, 2, 3, 4])
  })

  it('are told what was refused, and what failed without why', async () => {
    const { realtime, port } = await serveChannels({
      authorize: () => true,
      clientPublish: (data) => {
        if (data === 'throw') throw new Error('hunter2')
        return data === 'bad' ? undefined : data
      },
    })
    await realtime.complete('done')
    const socket = await join(port)
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
    say(socket, { type: 'publish', channel: 'a', data: 'bad' })
    say(socket, { type: 'publish', channel: 'a', data: 'throw' })
    say(socket, { type: 'publish', channel: 'done', data: 1 })
    socket.ws.send(`{"type":"publish","channel":"a","data":${deep}}`)
    const codes = (await socket.take(4)).map(({ code, type }) => code ?? type)
    expect(codes.slice(0, 3)).toEqual(['BAD_REQUEST', 'UNAVAILABLE', 'CHANNEL_COMPLETED'])
    expect(codes[3]).toMatch(/^(UNAVAILABLE|published)$/)
  })
})

describe('security 11: who says later who he is', () => {
  const auth = (token: string) => ({ type: 'auth', token })

  it('is greeted when he has said so, and may do nothing before', async () => {
    const { realtime, port } = await serveChannels({ authenticate: byToken })
    const socket = await openSocket(port)
    say(socket, { type: 'subscribe', channel: 'a' })
    expect(await socket.take(1)).toMatchObject([{ type: 'error', code: 'UNAUTHORIZED', channel: 'a' }])
    say(socket, auth('ann'))
    expect(await socket.take(1)).toMatchObject([{ type: 'connected' }])
    say(socket, { type: 'subscribe', channel: 'a' })
    expect(await socket.take(1)).toMatchObject([{ type: 'subscribed' }])
    expect([...realtime.sessions].map(({ userId }) => userId)).toEqual(['ann'])
  })

  it('is sent away with 3000 after ten seconds, and told nothing until then', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveChannels({ authenticate: byToken })
    const socket = await openSocket(port)
    await until(() => [...realtime.sessions].length === 1)
    await vi.advanceTimersByTimeAsync(9000)
    expect([...realtime.sessions]).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await socket.rest()).toEqual([{ type: 'close', code: 3000, reason: 'unauthorized', reconnect: true }])
    expect(await socket.over).toEqual({ code: 3000, reason: 'unauthorized' })
  })

  it('is sent away at once where what he says, or has shown, is not valid', async () => {
    const { port } = await serveChannels({ authenticate: ({ token }) => (token === 'ann' ? {} : undefined) })
    const later = await openSocket(port)
    say(later, auth('bob'))
    expect((await later.over).code).toBe(3000)
    for (const headers of [{ Authorization: 'Bearer bob' }, { Cookie: 'sid=old' }]) {
      expect((await (await openSocket(port, '/ws', { headers })).over).code).toBe(3000)
    }
  })

  it('is refused with 401 where he offers no subprotocol', async () => {
    const { port } = await serveChannels({ authenticate: byToken })
    expect(await refusedUpgrade(port, '/ws', { 'Sec-WebSocket-Protocol': '' })).toMatchObject({ status: 401 })
  })

  it('security 19: counts against the connections of the user that he turns out to be', async () => {
    const { port } = await serveChannels({ authenticate: byToken, limits: { connectionsPerUser: 1 } })
    await join(port, '/ws', { Authorization: 'Bearer ann' })
    const socket = await openSocket(port)
    say(socket, auth('ann'))
    expect(await socket.take(1)).toMatchObject([{ type: 'error', code: 'TOO_MANY_CONNECTIONS' }])
  })
})

describe('security 8 and 9: credentials renewed on a live connection', () => {
  it('move its end, and its channels are judged again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveChannels({
      authenticate: ({ token }) =>
        token ? { userId: token[0], role: token[1], expiresAt: Date.now() + 60_000 } : undefined,
      authorize: (principal, _, channel) => channel === 'public' || principal?.['role'] === 'x',
    })
    const socket = await openSocket(port, '/ws', { headers: { Authorization: 'Bearer ax' } })
    expect(await socket.take(1)).toMatchObject([{ type: 'connected', expiresIn: 60_000 }])
    for (const channel of ['public', 'secret']) say(socket, { type: 'subscribe', channel })
    await socket.take(2)
    await vi.advanceTimersByTimeAsync(40_000)
    say(socket, { type: 'auth', token: 'by' })
    expect(await socket.take(1)).toMatchObject([{ type: 'error', code: 'FORBIDDEN' }])
    say(socket, { type: 'auth', token: 'ay' })
    expect(await socket.take(2)).toEqual([
      { type: 'unsubscribed', channel: 'secret', code: 'FORBIDDEN' },
      { type: 'authenticated', expiresIn: 60_000 },
    ])
    await vi.advanceTimersByTimeAsync(40_000)
    expect([...realtime.sessions]).toHaveLength(1)
    expect(realtime.stats().channels.channels).toEqual([{ channel: 'public', subscribers: 1 }])
    await vi.advanceTimersByTimeAsync(21_000)
    expect(await socket.over).toEqual({ code: 3005, reason: 'expired' })
  })

  it('that are not valid change nothing', async () => {
    const { port } = await serveChannels({ authenticate: ({ token }) => (token === 'ann' ? {} : undefined) })
    const socket = await join(port, '/ws', { Authorization: 'Bearer ann' })
    say(socket, { type: 'auth', token: 'forged' }, { type: 'subscribe', channel: 'a' })
    expect(await socket.take(2)).toMatchObject([{ type: 'error', code: 'UNAUTHORIZED' }, { type: 'subscribed' }])
  })
})
