import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { openSocket, refusedUpgrade } from './support/open-socket.ts'
import { readStream } from './support/read-stream.ts'
import { serve } from './support/serve.ts'
import { serveChannels } from './support/serve-channels.ts'
import { serveAll } from './support/serve-socket.ts'
import { until } from './support/until.ts'

import type { Principal, RealtimeOptions, RealtimeRequest } from '../src/index.ts'

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

/** Lets in who shows a token, as the user of that name. */
const byToken = ({ token }: RealtimeRequest): Principal | undefined => (token ? { userId: token } : undefined)

async function status(port: number, path: string, headers = {}) {
  const reading = await readStream(port, { path, headers })
  if (reading.status === 200) reading.leave()
  return reading.status
}

describe('security 11: authenticate', () => {
  it('is asked before anything opens, whatever the transport', async () => {
    const { port } = await serveAll({ authenticate: byToken })
    for (const path of ['/events', '/poll']) {
      const reading = await readStream(port, { path })
      await reading.over
      expect([reading.status, reading.headers['www-authenticate'], JSON.parse(reading.text())]).toEqual([
        401,
        'Bearer',
        { error: { code: 'UNAUTHORIZED', message: 'these credentials are missing or not valid' } },
      ])
      expect(await status(port, path, bearer('ann'))).toBe(200)
    }
    const socket = await openSocket(port)
    expect([await socket.rest(), await socket.over]).toEqual([[], { code: 3000, reason: 'unauthorized' }])
    await (await openSocket(port, '/ws', { headers: bearer('ann') })).take(2)
  })

  it('is asked for request-scoped streams as well', async () => {
    const producer = vi.fn()
    const { port } = await serve((realtime, req, res) => realtime.stream(req, res, producer), { authenticate: byToken })
    expect(await status(port, '/')).toBe(401)
    expect(producer).not.toHaveBeenCalled()
    expect(await status(port, '/', bearer('ann'))).toBe(200)
  })

  it('sees the request by its parts, the same for each transport', async () => {
    const seen: unknown[] = []
    const authenticate = ({ path, query, token, ip, transport, headers }: RealtimeRequest) => {
      seen.push([transport, path, [...query], token, ip, headers['x-tenant']])
      return {}
    }
    const { port } = await serveAll({ authenticate })
    const headers = { ...bearer('t'), 'X-Tenant': '5' }
    await status(port, '/events?a=1', headers)
    await status(port, '/poll?a=1&a=2', headers)
    await (await openSocket(port, '/ws?b=%26', { headers })).take(2)
    expect(seen).toEqual([
      ['sse', '/events', [['a', '1']], 't', '127.0.0.1', '5'],
      ['polling', '/poll', [['a', '1'], ['a', '2']], 't', '127.0.0.1', '5'], // prettier-ignore
      ['websocket', '/ws', [['b', '&']], 't', '127.0.0.1', '5'],
    ])
  })

  it('security 6 and 7: takes a token from the subprotocol, which is not returned, and from the query where asked', async () => {
    const tokens: unknown[] = []
    const authenticate = ({ token }: RealtimeRequest) => {
      tokens.push(token)
      return {}
    }
    const closed = await serveAll({ authenticate })
    await status(closed.port, '/events?ticket=secret')
    const open = await serveAll({ authenticate, tokenInQuery: 'ticket' })
    await status(open.port, '/events?ticket=secret')
    const protocols = [`bearer.${Buffer.from('sécret').toString('base64url')}`, 'steadystream.v1']
    const { ws } = await openSocket(open.port, '/ws', {}, protocols)
    expect(ws.protocol).toBe('steadystream.v1')
    expect(tokens).toEqual([undefined, 'secret', 'sécret'])
  })

  it.each([undefined, null, false, true, 'ann', 5])('%j lets nobody in', async (answer) => {
    // On purpose what the type forbids: JavaScript callers return anything.
    const { port } = await serveAll({ authenticate: () => answer as undefined })
    expect(await status(port, '/events')).toBe(401)
  })

  it.each([
    ['throws', () => { throw new Error('hunter2') }], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('hunter2'))],
    ['gives a number as userId', () => ({ userId: 5 as unknown as string })],
  ])('security 25: lets nobody in where it %s, and tells nobody why', async (_, authenticate) => {
    const { port } = await serveAll({ authenticate })
    const reading = await readStream(port)
    await reading.over
    expect([reading.status, reading.text()]).toEqual([500, '{"error":{"code":"INTERNAL","message":"internal error"}}'])
    expect(await refusedUpgrade(port)).toMatchObject({ status: 500 })
  })
})

describe('security 11: authenticate and authorize that never answer', () => {
  const never = () => new Promise<never>(() => {})

  it.each([
    ['authenticate', { authenticate: never }],
    ['authorize', { authorize: never }],
  ] as [string, RealtimeOptions][])(
    '%s lets nobody in, and holds no place for longer than it may',
    async (_, options) => {
      const { port } = await serveChannels({ ...options, limits: { connections: 1, decisionMs: 20 } })
      for (const path of ['/events?channel=a', '/poll?channel=a', '/events?channels=a']) {
        const reading = await readStream(port, { path })
        await reading.over
        expect([reading.status, JSON.parse(reading.text())]).toMatchObject([503, { error: { code: 'UNAVAILABLE' } }])
      }
    },
  )
})

describe('security 8: credentials that expire', () => {
  const timed = async (options: RealtimeOptions) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    onTestFinished(() => void vi.restoreAllMocks())
    return serveAll(options)
  }
  const expired = { code: 3005, reason: 'expired', reconnect: true }

  it.each([
    ['milliseconds', (ms: number) => ms],
    ['a Date', (ms: number) => new Date(ms)],
  ])('end sessions with 3005, told in %s, and not before', async (_, form) => {
    const { realtime, port } = await timed({ authenticate: () => ({ expiresAt: form(Date.now() + 60_000) }) })
    const [stream, socket] = [await readStream(port), await openSocket(port)]
    await stream.take(1)
    await socket.take(2)
    await vi.advanceTimersByTimeAsync(59_000)
    expect([...realtime.sessions]).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await stream.rest()).toEqual([{ event: 'steadystream.close', data: expired }])
    expect(await socket.rest()).toEqual([{ type: 'close', ...expired }])
    expect(await socket.over).toEqual({ code: 3005, reason: 'expired' })
  })

  it('have expired where they say so, or say nothing that is a time', async () => {
    for (const expiresAt of [Date.now() - 1, 0, NaN, new Date('nonsense'), 'tomorrow' as unknown as number]) {
      const { port } = await serveAll({ authenticate: () => ({ expiresAt }) })
      expect(await status(port, '/events')).toBe(401)
    }
  })

  it('may expire later than a timer can wait, and even never', async () => {
    const times = [Date.now() + 2 ** 40, Infinity, undefined]
    const { realtime, port } = await timed({ authenticate: () => ({ expiresAt: times.shift() }) })
    for (let i = 0; i < 3; i++) await (await readStream(port)).take(1)
    await vi.advanceTimersByTimeAsync(20_000)
    expect([...realtime.sessions]).toHaveLength(3)
  })

  it('no connection lives longer than its limit', async () => {
    const { realtime, port } = await timed({ limits: { lifetimeMs: 100_000 } })
    const stream = await readStream(port)
    await stream.take(1)
    await vi.advanceTimersByTimeAsync(94_000)
    expect([...realtime.sessions]).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await stream.rest()).toEqual([{ event: 'steadystream.close', data: expired }])
  })
})

describe('security 19: connections of one client', () => {
  const tooMany = { status: 429, body: { error: { code: 'TOO_MANY_CONNECTIONS' } } }

  it('one user has so many, over all transports, and others have theirs', async () => {
    const { realtime, port } = await serveAll({ authenticate: byToken, limits: { connectionsPerUser: 2 } })
    const first = await readStream(port, { headers: bearer('ann') })
    await openSocket(port, '/ws', { headers: bearer('ann') })
    expect(await status(port, '/events', bearer('ann'))).toBe(429)
    expect(await refusedUpgrade(port, '/ws', bearer('ann'))).toMatchObject(tooMany)
    expect(await status(port, '/events', bearer('bob'))).toBe(200)
    first.leave()
    await until(() => [...realtime.sessions].filter(({ userId }) => userId === 'ann').length === 1)
    expect(await status(port, '/events', bearer('ann'))).toBe(200)
  })

  it('one user holds no more than that while they are being judged', async () => {
    let letIn = (_: boolean) => {}
    const authorize = vi.fn(() => new Promise<boolean>((resolve) => (letIn = resolve)))
    const { port } = await serveAll({ authenticate: byToken, authorize, limits: { connectionsPerUser: 1 } })
    const waiting = readStream(port, { headers: bearer('ann') })
    await until(() => authorize.mock.calls.length === 1)
    expect(await status(port, '/events', bearer('ann'))).toBe(429)
    letIn(true)
    expect((await waiting).status).toBe(200)
  })

  it('one address has so many, as the proxy in front tells it, and a client cannot choose another', async () => {
    const { port } = await serveAll({ trustProxy: 1, limits: { connectionsPerIp: 1 } })
    const via = (address: string) => ({ 'X-Forwarded-For': address })
    const kept = await readStream(port, { headers: via('192.0.2.1') })
    expect(kept.status).toBe(200)
    expect(await status(port, '/events', via('198.51.100.9, 192.0.2.1'))).toBe(429)
    expect(await refusedUpgrade(port, '/ws', via('192.0.2.1'))).toMatchObject(tooMany)
    expect(await status(port, '/events', via('192.0.2.2'))).toBe(200)
    const direct = await serveAll({ limits: { connectionsPerIp: 1 } })
    await readStream(direct.port, { headers: via('192.0.2.1') })
    expect(await status(direct.port, '/events', via('192.0.2.2'))).toBe(429)
  })
})

describe('security 8 and 9: credentials renewed on a WebSocket of one channel', () => {
  it('move its end, or end it where they do not open the channel any more', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveAll({
      authenticate: ({ token }) =>
        token ? { userId: token[0], role: token[1], expiresAt: Date.now() + 60_000 } : undefined,
      authorize: (principal) => principal?.['role'] === 'x',
    })
    const socket = await openSocket(port, '/ws', { headers: bearer('ax') })
    expect(await socket.take(2)).toMatchObject([{ type: 'connected', expiresIn: 60_000 }, { type: 'subscribed' }])
    await vi.advanceTimersByTimeAsync(40_000)
    for (const token of ['', 'bx', 'ax']) socket.ws.send(JSON.stringify({ type: 'auth', token }))
    expect(await socket.take(3)).toMatchObject([
      { type: 'error', code: 'BAD_REQUEST' },
      { type: 'error', code: 'FORBIDDEN' },
      { type: 'authenticated', expiresIn: 60_000 },
    ])
    await vi.advanceTimersByTimeAsync(40_000)
    expect([...realtime.sessions]).toHaveLength(1)
    socket.ws.send(JSON.stringify({ type: 'auth', token: 'ay' }))
    expect(await socket.over).toEqual({ code: 3503, reason: 'forbidden' })
  })

  it('security 18: cannot be renewed all the time', async () => {
    const authenticate = vi.fn(byToken)
    const { port } = await serveAll({ authenticate })
    const socket = await openSocket(port, '/ws', { headers: bearer('ann') })
    await socket.take(2)
    for (let i = 0; i < 30; i++) socket.ws.send('{"type":"auth","token":"ann"}')
    expect(await socket.over).toEqual({ code: 3509, reason: 'too many errors' })
    expect(authenticate.mock.calls.length).toBeLessThanOrEqual(11)
  })
})
