import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { laterTurn } from './support/lagging-backplane.ts'
import { openSocket, refusedUpgrade } from './support/open-socket.ts'
import { serveAll } from './support/serve-socket.ts'
import { isEmpty } from './support/is-empty.ts'

import type { RealtimeRequest } from '../src/index.ts'

const handshake =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: steadystream.v1\r\n\r\n'

describe('security 3: the origin of a WebSocket', () => {
  const refused = { status: 403, body: { error: { code: 'FORBIDDEN' } } }

  it('lets in who sends none, and pages of the same host', async () => {
    const { port } = await serveAll()
    await openSocket(port)
    await openSocket(port, '/ws', { origin: `http://127.0.0.1:${port}` })
  })

  it.each(['https://evil.example', 'null', '', 'http://127.0.0.1', 'http://127.0.0.1.evil.example', 'file://'])(
    'refuses %j where no other origin is allowed',
    async (origin) => {
      const { port } = await serveAll()
      expect(await refusedUpgrade(port, '/ws', { Origin: origin })).toMatchObject(refused)
    },
  )

  it('lets in the listed ones, to the letter', async () => {
    const { port } = await serveAll({ cors: { origins: ['https://app.example'] } })
    await openSocket(port, '/ws', { origin: 'https://app.example' })
    for (const origin of ['http://app.example', 'https://app.example.evil', 'https://app.example/', 'null']) {
      expect(await refusedUpgrade(port, '/ws', { Origin: origin })).toMatchObject(refused)
    }
  })

  it.each([
    [{ origins: '*' }, undefined],
    [{ origins: ['https://app.example'] }, undefined],
    [{ origins: ['https://app.example'], credentials: true }, 'sid=1'],
  ] as const)('keeps the cookies of other origins as %j says', async (cors, seen) => {
    const cookies: unknown[] = []
    const authenticate = (request: RealtimeRequest) => {
      cookies.push(request.headers.cookie)
      return {}
    }
    const { port } = await serveAll({ cors, authenticate })
    const headers = { Cookie: 'sid=1' }
    await openSocket(port, '/ws', { origin: 'https://app.example', headers })
    await openSocket(port, '/ws', { origin: `http://127.0.0.1:${port}`, headers })
    expect(cookies).toEqual([seen, 'sid=1'])
  })
})

describe('the handshake', () => {
  it('names the cure to who does not offer the subprotocol', async () => {
    const { port } = await serveAll()
    for (const offered of ['', 'graphql-ws', 'steadystream.v2']) {
      const { status, body } = await refusedUpgrade(port, '/ws', { 'Sec-WebSocket-Protocol': offered })
      const message = "offer the subprotocol steadystream.v1: new WebSocket(url, 'steadystream.v1')"
      expect([status, body]).toEqual([400, { error: { code: 'BAD_REQUEST', message } }])
    }
  })

  it.each([
    { 'Sec-WebSocket-Key': 'short' },
    { 'Sec-WebSocket-Version': '7' },
    { Upgrade: 'h2c' },
    { 'Sec-WebSocket-Protocol': 'steadystream.v1,,(' },
  ])('answers %j with 400', async (headers) => {
    const { realtime, port } = await serveAll()
    const answer = await refusedUpgrade(port, '/ws', headers)
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'sec-websocket-version': '13', 'x-content-type-options': 'nosniff' },
      body: { error: { code: 'BAD_REQUEST' } },
    })
    expect(isEmpty(realtime)).toBe(true)
  })

  it('security 11: says 3000 to a client whom authenticate does not know', async () => {
    const { realtime, port } = await serveAll({ authenticate: ({ token }) => (token === 'good' ? {} : undefined) })
    const socket = await openSocket(port)
    expect([await socket.rest(), await socket.over]).toEqual([[], { code: 3000, reason: 'unauthorized' }])
    await (await openSocket(port, '/ws', { headers: { Authorization: 'Bearer good' } })).take(2)
    await vi.waitFor(() => expect(realtime.stats().websocket.totalConnections).toBe(1))
  })

  it('security 10: says 3503 to a client whom authorize does not let in', async () => {
    const { port } = await serveAll({ authorize: () => false })
    const socket = await openSocket(port)
    expect([await socket.rest(), await socket.over]).toEqual([[], { code: 3503, reason: 'forbidden' }])
  })

  it('security 25: answers 500 where authorize fails, and 503 where the backplane does', async () => {
    const failing = await serveAll({ authorize: () => Promise.reject(new Error('hunter2')) })
    expect(await refusedUpgrade(failing.port)).toMatchObject({ status: 500, body: { error: { message: 'internal error' } } }) // prettier-ignore
    const { realtime, port } = await serveAll({ authorize: () => realtime.close().then(() => true) })
    expect(await refusedUpgrade(port)).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } })
  })

  it('answers 503 where the server begins to close while it is judged', async () => {
    const answers = [() => true, () => { void realtime.close({ drainMs: 50 }); return true }] // prettier-ignore
    const { realtime, port } = await serveAll({ authorize: () => answers.shift()?.() ?? false })
    const staying = await openSocket(port)
    await staying.take(2)
    staying.ws.pause()
    expect(await refusedUpgrade(port)).toMatchObject({
      status: 503,
      body: { error: { code: 'UNAVAILABLE', message: 'the stream cannot be opened now' } },
    })
    expect([...realtime.sessions]).toHaveLength(1)
    staying.ws.resume()
    await realtime.close()
  })

  it('lets a client that has sent much already read why it is refused', async () => {
    const { port } = await serveAll()
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    let text = ''
    const over = new Promise<void>((resolve, reject) => {
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      socket.on('error', reject).on('close', () => resolve())
    })
    socket.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    socket.write(Buffer.alloc(5_000_000))
    socket.end()
    await over
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\n\r\n\{"error":\{"code":"BAD_REQUEST"/)
  })

  it('cuts off a client that was refused and stays', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { server, port } = await serveAll()
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    const closed = new Promise((resolve) => server.once('connection', (own) => own.once('close', resolve)))
    const ended = new Promise((resolve) => socket.once('end', resolve))
    socket.resume().on('error', () => {})
    socket.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await ended
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1000)
    await closed
  })

  it('survives a client that resets the connection before it is refused', async () => {
    let fail = () => {}
    const authorize = vi.fn(() => new Promise<boolean>((_, reject) => (fail = () => reject(new Error('no')))))
    const { server, port } = await serveAll({ authorize })
    const socket = connect(port, '127.0.0.1')
    socket.write(handshake)
    await vi.waitFor(() => expect(authorize).toHaveBeenCalled())
    const gone = new Promise((resolve) => socket.once('close', resolve))
    socket.resetAndDestroy()
    await gone
    for (let turn = 0; turn < 10; turn++) await laterTurn()
    fail()
    await vi.waitFor(async () => {
      expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0)
    })
    authorize.mockResolvedValue(true)
    await (await openSocket(port)).take(2)
  })

  it('security 19: counts against the limit of connections, until it is over', async () => {
    const { realtime, port } = await serveAll({ limits: { connections: 1 } })
    const { ws } = await openSocket(port)
    expect(await refusedUpgrade(port)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { error: { code: 'TOO_MANY_CONNECTIONS' } },
    })
    ws.close()
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
    await openSocket(port)
  })

  it('survives a client that resets the connection meanwhile, and lets go of everything', async () => {
    let letIn = (_: boolean) => {}
    const authorize = vi.fn(() => new Promise<boolean>((resolve) => (letIn = resolve)))
    const { realtime, server, port } = await serveAll({ authorize, limits: { connections: 1 } })
    const gone = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)))
    const socket = connect(port, '127.0.0.1')
    socket.write(handshake)
    await vi.waitFor(() => expect(authorize).toHaveBeenCalled())
    socket.resetAndDestroy()
    letIn(true)
    await gone
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
    authorize.mockResolvedValue(true)
    await (await openSocket(port)).take(2)
  })
})
