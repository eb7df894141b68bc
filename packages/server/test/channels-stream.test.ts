import { request } from 'node:http'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { readStream } from './support/read-stream.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

import type { Channel, Realtime, RealtimeOptions } from '../src/index.ts'
import type { Envelope } from './support/open-socket.ts'
import type { Block, Reading } from './support/read-stream.ts'

const json = { 'Content-Type': 'application/json' }
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

/** Sends JSON; the answer is read to its end. */
async function post(port: number, body: unknown, headers: Record<string, string> = {}, path = '/events') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reading = await readStream(port, { path, method: 'POST', headers: { ...json, ...headers }, body: text })
  await reading.over
  return { status: reading.status, body: JSON.parse(reading.text()) as unknown }
}

/** Follows channels as the SDK does; `session` proves that commands belong to it. */
async function follow(port: number, channels: object, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ channels })
  const reading = await readStream(port, { method: 'POST', headers: { ...json, ...headers }, body })
  const [connected = {}] = await reading.take(1)
  const { session, ...rest } = connected.data as { session: string }
  return { ...reading, connected: { ...connected, data: rest }, session, envelopes: readEnvelopes(reading) }
}

function readEnvelopes({ take }: Reading) {
  const envelopes: Envelope[] = []
  return async (count: number) => {
    while (envelopes.length < count) envelopes.push(...((await take(1)).flatMap(({ data }) => data) as Envelope[]))
    return envelopes.splice(0, count)
  }
}

function isEmpty({ stats }: Realtime) {
  const { sse, channels } = stats()
  return sse.totalConnections === 0 && channels.activeChannels === 0
}

async function publishThree(realtime: Realtime, ...channels: readonly Channel[]) {
  const epochs: string[] = []
  for (const channel of channels) {
    for (const n of [1, 2]) await realtime.publish(channel, n)
    epochs.push((await realtime.publish(channel, 3)).epoch)
  }
  return epochs
}

describe('many channels on one event stream, asked for by POST', () => {
  it('begin each in its own place, and come as envelopes without an id', async () => {
    const { realtime, port } = await serveChannels()
    const [a, b] = await publishThree(realtime, 'a', { type: 'job', id: '7' })
    const stream = await follow(port, { a: `${a}:2`, 'job:7': 'start', later: null })
    const clientId = expect.stringMatching(/^sse_/) as string
    expect(stream.connected).toEqual({ event: 'steadystream.connected', data: { clientId, heartbeatInterval: 15_000 } })
    const told = await stream.envelopes(7)
    const of = (channel: string) => told.filter((envelope) => envelope['channel'] === channel)
    expect(of('a')).toEqual([
      { type: 'subscribed', channel: 'a', position: `${a}:2`, recovered: true },
      { type: 'event', channel: 'a', position: `${a}:3`, data: 3 },
    ])
    expect(of('job:7').map(({ data, position }) => data ?? position)).toEqual([`${b}:0`, 1, 2, 3])
    await realtime.publish('later', 'live')
    expect(await stream.envelopes(1)).toMatchObject([{ type: 'event', channel: 'later', data: 'live' }])
    expect(stream.text()).not.toMatch(/^id:/m)
    stream.leave()
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
  })

  it('security 10: leave out what is not for the client, and refuse where nothing is', async () => {
    const { port } = await serveChannels({ authorize: (_, __, channel) => channel === 'open' })
    const stream = await follow(port, { shut: null, open: null })
    expect(await stream.envelopes(2)).toMatchObject([
      { type: 'error', code: 'FORBIDDEN', channel: 'shut' },
      { type: 'subscribed', channel: 'open' },
    ])
    expect(await post(port, { channels: { shut: null } })).toMatchObject({ status: 403 })
  })

  it('security 11: need who asks to be known', async () => {
    const { port } = await serveChannels({ authenticate: byToken })
    expect(await post(port, { channels: { a: null } })).toMatchObject({ status: 401 })
    expect((await follow(port, { a: null }, bearer('ann'))).status).toBe(200)
  })

  it('are told when the server goes', async () => {
    const { realtime, port } = await serveChannels()
    const stream = await follow(port, { a: null })
    await stream.take(1)
    void realtime.close()
    expect(await stream.rest()).toMatchObject([{ event: 'steadystream.close', data: { code: 3001, reconnect: true } }])
  })
})

describe('commands beside an event stream', () => {
  const chat: RealtimeOptions = { authenticate: byToken, authorize: () => true, clientPublish: true }

  it('change what it brings', async () => {
    const { realtime, port } = await serveChannels(chat)
    const { session, envelopes } = await follow(port, { a: null }, bearer('ann'))
    await envelopes(1)
    const commands = [
      { type: 'subscribe', channel: 'b' },
      { type: 'unsubscribe', channel: 'a' },
      { type: 'publish', channel: 'b', data: { n: 1 }, id: 'm1' },
      { type: 'auth', token: 'ann' },
      { type: 'dance' },
      { type: 'ping' },
    ]
    expect(await post(port, { session, commands }, bearer('ann'))).toEqual({
      status: 200,
      body: {
        replies: [
          null,
          { type: 'unsubscribed', channel: 'a' },
          { type: 'published', channel: 'b', position: expect.stringMatching(/:1$/) as string, id: 'm1' },
          { type: 'authenticated' },
          { type: 'error', code: 'BAD_REQUEST', message: 'this is no command' },
          { type: 'pong' },
        ],
      },
    })
    await realtime.publish('a', 'unheard')
    await realtime.publish('b', 2)
    const told = await envelopes(3)
    expect(told.map(({ type, channel, data }) => [type, channel, data])).toEqual([
      ['subscribed', 'b', undefined],
      ['event', 'b', { n: 1, sender: 'ann' }],
      ['event', 'b', 2],
    ])
  })

  it('security 31: belong to a secret of 128 bits that logs and stats do not show, and to its user', async () => {
    const lines: string[] = []
    const write = (fields: object, message: string) => void lines.push(message + JSON.stringify(fields))
    const logger = { debug: write, info: write, warn: write, error: write }
    const { realtime, port } = await serveChannels({ ...chat, logger })
    const { session, leave } = await follow(port, { a: null }, bearer('ann'))
    expect(session).toMatch(/^[\w-]{22}$/)
    const commands = [{ type: 'subscribe', channel: 'b' }]
    const notFound = { status: 404, body: { error: { code: 'NOT_FOUND', message: 'there is no such session' } } }
    expect(await post(port, { session, commands }, bearer('bob'))).toEqual(notFound)
    const [{ id = '' } = {}] = realtime.sessions
    for (const other of [id, `${session}x`, '', 5, null, '__proto__']) {
      expect(await post(port, { session: other, commands }, bearer('ann'))).toEqual(notFound)
    }
    expect(JSON.stringify([lines, realtime.stats()])).not.toContain(session)
    leave()
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
    expect(await post(port, { session, commands }, bearer('ann'))).toEqual(notFound)
  })

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data'],
    ['application/json-patch+json'],
    [''],
  ])('security 5: a page of another origin cannot send them as %s', async (type) => {
    const { port } = await serveChannels()
    const answer = await post(port, { channels: { a: null } }, { 'Content-Type': type })
    expect(answer).toMatchObject({ status: 415, body: { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } } })
  })

  it('security 16: are not unpacked', async () => {
    const { port } = await serveChannels()
    expect(await post(port, { channels: { a: null } }, { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 415 })
  })

  it('security 15: are 64 KiB at most, announced or not', async () => {
    const { realtime, port } = await serveChannels()
    const long = JSON.stringify({ channels: {}, filler: 'x'.repeat(64 * 1024) })
    expect(await post(port, long)).toMatchObject({ status: 413, body: { error: { code: 'TOO_LARGE' } } })
    const req = request({ port, host: '127.0.0.1', path: '/events', method: 'POST', headers: json, agent: false })
    onTestFinished(() => void req.destroy())
    req.on('error', () => {})
    const status = new Promise((resolve) => req.on('response', (res) => resolve(res.resume().statusCode)))
    req.write(long)
    req.write(long)
    expect(await status).toBe(413)
    expect(isEmpty(realtime)).toBe(true)
  })

  it.each([
    '{',
    'null',
    '[]',
    '5',
    '{}',
    '{"channels":[]}',
    '{"channels":null}',
    '{"channels":{"":null}}',
    '{"channels":{"a\\u0000":null}}',
    '{"channels":{"a":5}}',
    '{"commands":{}}',
    '{"commands":[{"type":"subscribe","channel":"a"}]}',
    `{"commands":[${'0,'.repeat(100)}0]}`,
    `${'['.repeat(30_000)}`,
  ])('security 14: %s is refused', async (body) => {
    const { port } = await serveChannels()
    expect(await post(port, body)).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } })
  })

  it('security 14: names that mean something to JavaScript are names', async () => {
    const { realtime, port } = await serveChannels()
    const stream = await follow(port, JSON.parse('{"__proto__":null,"constructor":null}') as object)
    const told = await stream.envelopes(2)
    expect(new Set(told.map(({ channel }) => channel))).toEqual(new Set(['__proto__', 'constructor']))
    await realtime.publish('__proto__', 1)
    expect(await stream.envelopes(1)).toMatchObject([{ channel: '__proto__', data: 1 }])
  })

  it('security 18: are limited, as channels are', async () => {
    const { port } = await serveChannels({ limits: { commandsPerSecond: 1, channelsPerConnection: 2 } })
    expect(await post(port, { channels: { a: null, b: null, c: null } })).toMatchObject({ status: 429 })
    const { session, envelopes } = await follow(port, { a: null })
    await envelopes(1)
    const commands = ['b', 'c', 'd', 'e', 'f'].map((channel) => ({ type: 'subscribe', channel }))
    const { body } = await post(port, { session, commands })
    const { replies } = body as { replies: ({ code: string } | null)[] }
    expect(replies.map((reply) => reply?.code)).toEqual([
      undefined,
      'TOO_MANY_CHANNELS',
      'TOO_MANY_CHANNELS',
      'TOO_MANY_CHANNELS',
      'RATE_LIMITED',
    ])
  })

  it('security 19: need no place of their own, and one user may always send them', async () => {
    const { port } = await serveChannels({ ...chat, limits: { connections: 1, connectionsPerUser: 1 } })
    const { session, envelopes } = await follow(port, { a: null }, bearer('ann'))
    await envelopes(1)
    const commands = [{ type: 'ping' }]
    expect(await post(port, { session, commands }, bearer('ann'))).toMatchObject({ status: 200 })
    expect(await post(port, { channels: { a: null } }, bearer('ann'))).toMatchObject({ status: 503 })
  })

  it('security 26: of clients that poll, may only publish, and not too often', async () => {
    const { realtime, port } = await serveChannels({ ...chat, limits: { commandsPerSecond: 1 } })
    const commands = [{ type: 'publish', channel: 'a', data: { n: 1 } }]
    for (const path of ['/poll', '/events']) {
      expect(await post(port, { commands }, bearer('ann'), path)).toMatchObject({
        status: 200,
        body: { replies: [{ type: 'published', channel: 'a' }] },
      })
    }
    await post(port, { commands: [...commands, ...commands] }, bearer('ann'))
    expect(await post(port, { commands }, bearer('ann'))).toMatchObject({ status: 429 })
    expect(await post(port, { commands }, bearer('bob'))).toMatchObject({ status: 200 })
    const answer = await readStream(port, { path: '/poll?channel=a&from=start', headers: bearer('ann') })
    await answer.over
    expect((JSON.parse(answer.text()) as { events: unknown[] }).events).toHaveLength(5)
    expect(isEmpty(realtime)).toBe(true)
  })
})

describe('many channels for a native EventSource', () => {
  const lastId = (blocks: readonly Block[]) => blocks.findLast(({ id }) => id !== undefined)?.id

  /** The ids that stand alone, in order. */
  const cursors = ({ text }: Reading) => Array.from(text().matchAll(/^id: (.*)\n\n/gm), ([, id = '']) => id)

  it('tell it where it stands in all of them, at most once a second, in a block that is no event', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveChannels()
    const [a = '', b = ''] = await publishThree(realtime, 'a', 'b')
    const stream = await readStream(port, { path: '/events?channels=a&channels=b' })
    await until(() => cursors(stream).length === 1)
    for (let n = 0; n < 5; n++) await realtime.publish('b', n)
    await until(() => stream.text().includes('"data":4'))
    expect(cursors(stream)).toEqual([`${a}:3,${b}:3`])
    await vi.advanceTimersByTimeAsync(1000)
    await until(() => cursors(stream).length === 2)
    await vi.advanceTimersByTimeAsync(5000)
    expect(cursors(stream)).toEqual([`${a}:3,${b}:3`, `${a}:3,${b}:8`])
    const blocks = await stream.take(4)
    expect(lastId(blocks)).toBeUndefined()
    stream.leave()
    await until(() => isEmpty(realtime))
  })

  it('go on from there when it comes back, with what was published meanwhile', async () => {
    const { realtime, port } = await serveChannels()
    const [a = '', b = ''] = await publishThree(realtime, 'a', 'b')
    const headers = { 'Last-Event-ID': `${a}:2,${b}:3` }
    const stream = await readStream(port, { path: '/events?channels=a&channels=b', headers })
    const envelopes = readEnvelopes(stream)
    await stream.take(1)
    const told = await envelopes(3)
    expect(
      new Set(told.map(({ channel, recovered, data }) => `${String(channel)} ${String(data ?? recovered)}`)),
    ).toEqual(new Set(['a true', 'b true', 'a 3']))
  })

  it('are told once more before the server goes, so that nothing comes twice', async () => {
    const { realtime, port } = await serveChannels()
    const stream = await readStream(port, { path: '/events?channels=a' })
    await until(() => cursors(stream).length === 1)
    const { epoch } = await realtime.publish('a', 1)
    await realtime.close()
    await stream.over
    expect(cursors(stream)).toEqual([`${epoch}:0`, `${epoch}:1`])
  })

  it.each(['e:1', 'e:1,e:1,e:1', 'nonsense', '!', `${'e'.repeat(3000)}:1,e:1`, '%0a,%0a'])(
    'security 22: a cursor that cannot be read is a gap in each: %s',
    async (cursor) => {
      const { realtime, port } = await serveChannels()
      await publishThree(realtime, 'a', 'b')
      const path = `/events?channels=a&channels=b&lastEventId=${cursor}`
      const stream = await readStream(port, { path })
      await stream.take(1)
      const told = await readEnvelopes(stream)(10)
      const gaps = told.filter(({ type }) => type === 'gap')
      expect(new Set(gaps.map(({ channel }) => channel))).toEqual(new Set(['a', 'b']))
      expect(told.filter(({ type }) => type === 'event')).toHaveLength(6)
    },
  )

  it('are a gap where there are too many of them for a cursor of 2 KB', async () => {
    const { port } = await serveChannels({ limits: { channelsPerConnection: 200 } })
    const query = Array.from({ length: 200 }, (_, n) => `channels=room-${n}`).join('&')
    const stream = await readStream(port, { path: `/events?${query}` })
    await until(() => cursors(stream).length === 1)
    expect(cursors(stream)).toEqual(['!'])
  })

  it('answers 204 where it has everything there will be', async () => {
    const { realtime, port } = await serveChannels()
    const [a = '', b = ''] = await publishThree(realtime, 'a', 'b')
    await realtime.complete('a')
    const ask = async () => {
      const headers = { 'Last-Event-ID': `${a}:3,${b}:3` }
      const stream = await readStream(port, { path: '/events?channels=a&channels=b', headers })
      if (stream.status === 200) stream.leave()
      return stream.status
    }
    expect(await ask()).toBe(200)
    await realtime.complete('b')
    expect(await ask()).toBe(204)
  })
})

describe('polls of many channels', () => {
  it('answer with the events of each, and where the next one goes on', async () => {
    const { realtime, port } = await serveChannels()
    const [a, b] = await publishThree(realtime, 'a', 'b')
    const { body } = await post(port, { channels: { a: `${a}:2`, b: `${b}:3`, c: null }, wait: 30 }, {}, '/poll')
    expect(body).toEqual({
      events: [{ type: 'event', channel: 'a', position: `${a}:3`, data: 3 }],
      positions: { a: `${a}:3`, b: `${b}:3`, c: expect.stringMatching(/:0$/) as string },
    })
    const reading = await readStream(port, { path: `/poll?channels=a&channels=b&since=${a}:3,${b}:2` })
    await reading.over
    expect(JSON.parse(reading.text())).toEqual({
      events: [{ type: 'event', channel: 'b', position: `${b}:3`, data: 3 }],
      positions: { a: `${a}:3`, b: `${b}:3` },
    })
  })

  it('wait for whichever speaks first', async () => {
    const { realtime, port } = await serveChannels()
    const [a, b] = await publishThree(realtime, 'a', 'b')
    const answer = post(port, { channels: { a: `${a}:3`, b: `${b}:3` }, wait: 30 }, {}, '/poll')
    await until(() => realtime.stats().channels.totalSubscriptions === 2)
    await realtime.publish('b', 4)
    expect((await answer).body).toMatchObject({ events: [{ channel: 'b', data: 4 }] })
    await vi.waitFor(() => expect(realtime.stats().channels.activeChannels).toBe(0))
  })

  it('security 10: say what is not for the client', async () => {
    const { port } = await serveChannels({ authorize: (_, __, channel) => channel === 'open' })
    const { body } = await post(port, { channels: { shut: null, open: null } }, {}, '/poll')
    expect(body).toMatchObject({
      events: [{ type: 'error', code: 'FORBIDDEN', channel: 'shut' }],
      positions: { open: expect.any(String) as string },
    })
    expect(await post(port, { channels: { shut: null } }, {}, '/poll')).toMatchObject({ status: 403 })
    expect(await post(port, { channels: { open: null }, wait: -1 }, {}, '/poll')).toMatchObject({ status: 400 })
  })

  it('answer at most a thousand events at once, and the rest next time', async () => {
    const { realtime, port } = await serveChannels({ history: { size: 5000 } })
    for (let n = 1; n <= 700; n++) for (const channel of ['a', 'b', 'c']) await realtime.publish(channel, n)
    let channels: Record<string, string> = { a: 'start', b: 'start', c: 'start' }
    const seen: Record<string, number[]> = { a: [], b: [], c: [] }
    for (let polls = 0; polls < 3; polls++) {
      const { body } = await post(port, { channels }, {}, '/poll')
      const { events, positions } = body as { events: { channel: string; data: number }[]; positions: typeof channels }
      expect(events.length).toBeLessThanOrEqual(1000)
      for (const { channel, data } of events) seen[channel]?.push(data)
      channels = positions
    }
    const all = Array.from({ length: 700 }, (_, index) => index + 1)
    expect(seen).toEqual({ a: all, b: all, c: all })
  })
})
