import { connect } from 'node:net'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { readStream } from './support/read-stream.ts'
import { serve } from './support/serve.ts'

import type { Logger, RealtimeOptions } from '../src/index.ts'

/** A server whose clients name the channel. */
function serveAny(options: RealtimeOptions = {}) {
  return serve((realtime, req, res) => realtime.node(req, res), options)
}

function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = []
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  return { logger: { debug: write, info: write, warn: write, error: write }, lines }
}

async function answer(port: number, path: string) {
  const reading = await readStream(port, { path })
  await reading.over
  return { status: reading.status, body: JSON.parse(reading.text()) as unknown }
}

describe('security 10: who may read a channel', () => {
  it('nobody names a channel where no authorize decides', async () => {
    const { port } = await serveAny()
    expect(await answer(port, '/?channel=a')).toEqual({
      status: 403,
      body: { error: { code: 'FORBIDDEN', message: 'channels cannot be chosen here' } },
    })
  })

  it('authorize sees each channel as it was named, and only `true` lets in', async () => {
    const asked: unknown[] = []
    const answers: unknown[] = [true, false, 'yes', Promise.resolve(true)]
    // On purpose what the type forbids: JavaScript callers return anything.
    const authorize = (_: unknown, action: unknown, channel: unknown) => {
      asked.push(channel)
      expect(action).toBe('subscribe')
      return answers.shift() as boolean
    }
    const { port } = await serveAny({ authorize })
    expect((await readStream(port, { path: '/?channel=news' })).status).toBe(200)
    expect((await answer(port, '/?channel=job:1:2')).status).toBe(403)
    expect((await answer(port, '/?channel=__proto__')).status).toBe(403)
    expect((await readStream(port, { path: '/?channel=constructor' })).status).toBe(200)
    expect(asked).toEqual(['news', { type: 'job', id: '1:2' }, '__proto__', 'constructor'])
  })

  it('authorize is asked for the channels that a route names, too', async () => {
    const { port } = await serve((realtime, req, res) => realtime.node(req, res, { channel: 'a' }), {
      authenticate: ({ headers }) => ({ userId: headers.authorization ?? '' }),
      authorize: (principal) => principal?.userId === 'Bearer good',
    })
    expect((await answer(port, '/')).status).toBe(403)
    const headers = { Authorization: 'Bearer good' }
    expect((await readStream(port, { headers })).status).toBe(200)
  })

  it('security 25: an authorize that throws lets nobody in and tells nobody why', async () => {
    const { logger, lines } = recordingLogger()
    const { port } = await serveAny({
      logger,
      authorize: () => Promise.reject(new Error('password is hunter2')),
    })
    expect(await answer(port, '/?channel=a')).toEqual({
      status: 500,
      body: { error: { code: 'INTERNAL', message: 'internal error' } },
    })
    expect(lines).toHaveLength(1)
  })
})

describe('security 12: channel names from outside', () => {
  it.each(['/', '/?channel=', '/?channel=%00', '/?channel=a%0d%0ab', '/?channel=a:', `/?channel=${'x'.repeat(256)}`])(
    'refuses %s',
    async (path) => {
      const authorize = vi.fn(() => true)
      const { port } = await serveAny({ authorize })
      const { status, body } = await answer(port, path)
      expect([status, body]).toMatchObject([400, { error: { code: 'BAD_REQUEST' } }])
      expect(authorize).not.toHaveBeenCalled()
    },
  )

  it('refuses a start it does not know', async () => {
    const { port } = await serveAny({ authorize: () => true })
    expect((await answer(port, '/?channel=a&from=yesterday')).status).toBe(400)
  })
})

describe('security 22: Last-Event-ID is not trusted', () => {
  const utf8 = Buffer.from('größe:1').toString('latin1')
  it.each([
    ['words', 'not a position'],
    ['UTF-8 bytes', utf8],
    ['1,000 characters', `e:${'1'.repeat(998)}`],
    ['a huge offset', 'e:99999999999999999999'],
    ['a path', '../../etc/passwd'],
    ['a format string', '%s%n${jndi:ldap://x}'],
    ['a list', 'e:1, e:2'],
  ])('%s: declares a gap without repeating it, replays, and logs nothing of it', async (_, token) => {
    const { logger, lines } = recordingLogger()
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), { logger })
    const { epoch } = await realtime.publish('a', 1)
    const reading = await readStream(port, { headers: { 'Last-Event-ID': token } })
    const [connected, gap, one] = await reading.take(3)
    expect(connected).toMatchObject({ event: 'steadystream.connected', data: { recovered: false } })
    expect(connected).not.toHaveProperty('id')
    expect(gap).toEqual({ id: `${epoch}:0`, event: 'steadystream.gap', data: { kind: 'lost', to: `${epoch}:0` } })
    expect(one).toEqual({ id: `${epoch}:1`, data: 1 })
    reading.leave()
    await vi.waitFor(() => expect(lines).toHaveLength(2))
    expect(lines.join()).not.toContain(token)
  })

  it.each(['%0d%0adata:%20x', '%00', '%ff%fe', '%f0%9f%8e%ac'])('a query of %s is a gap', async (token) => {
    const { port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }))
    const reading = await readStream(port, { path: `/?lastEventId=${token}` })
    const blocks = await reading.take(2)
    expect(blocks.map(({ event }) => event)).toEqual(['steadystream.connected', 'steadystream.gap'])
  })

  it('takes an empty one for none', async () => {
    const { port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }))
    const [connected] = await (await readStream(port, { headers: { 'Last-Event-ID': '' } })).take(1)
    expect(connected?.data).not.toHaveProperty('recovered')
  })
})

describe('security 19: connection limit', () => {
  it('refuses what is over it, and takes others when one leaves', async () => {
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), {
      limits: { connections: 2 },
    })
    const first = await readStream(port)
    await readStream(port)
    const refused = await readStream(port)
    await refused.over
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text())]).toEqual([
      503,
      '5',
      { error: { code: 'TOO_MANY_CONNECTIONS', message: 'too many connections' } },
    ])
    first.leave()
    await vi.waitFor(() => expect(realtime.stats().sse.totalConnections).toBe(1))
    expect((await readStream(port)).status).toBe(200)
  })

  it('counts no request that was refused', async () => {
    const { port } = await serveAny({
      limits: { connections: 1 },
      authorize: (_, __, channel) => channel === 'open',
    })
    for (const path of ['/?channel=shut', '/?channel=', '/?channel=shut']) await answer(port, path)
    expect((await readStream(port, { path: '/?channel=open' })).status).toBe(200)
  })
})

describe('security 17: a client that never reads', () => {
  it('is cut off when its queue is full, and logged as a slow consumer', async () => {
    const { logger, lines } = recordingLogger()
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), {
      logger,
      limits: { queuedBytes: 64 * 1024 },
    })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    const filler = 'x'.repeat(16 * 1024)
    let most = 0
    await vi.waitFor(
      async () => {
        for (let i = 0; i < 32; i++) {
          await realtime.publish('a', filler)
          for (const { queuedBytes } of realtime.sessions) most = Math.max(most, queuedBytes)
        }
        expect([...realtime.sessions]).toHaveLength(0)
      },
      { timeout: 10_000, interval: 1 },
    )
    expect(lines.at(-1)).toMatch(/^slow client cut off .*"why":"slow consumer".*"code":3008/)
    expect(realtime.stats().channels.activeChannels).toBe(0)
  })

  it('is cut off when it leaves bytes untouched for too long', async () => {
    const { logger, lines } = recordingLogger()
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), {
      logger,
      limits: { stallMs: 50 },
    })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    await realtime.publish('a', 'x'.repeat(20 * 1024 * 1024))
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(0), { timeout: 5000 })
    expect(lines.at(-1)).toMatch(/"why":"stalled"/)
  })
})
