import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'

import { laterTurn } from './support/lagging-backplane.ts'
import { openSocket } from './support/open-socket.ts'
import { serveAll } from './support/serve-socket.ts'
import { isEmpty } from './support/is-empty.ts'
import { until } from './support/until.ts'

import type { Socket } from 'node:net'

describe('what a client sends', () => {
  it('security 15: a frame over 64 KiB ends the connection with 1009, and nothing else', async () => {
    const { realtime, port } = await serveAll()
    const [big, other] = [await openSocket(port), await openSocket(port)]
    for (const socket of [big, other]) await socket.take(2)
    big.ws.send('x'.repeat(64 * 1024 + 1))
    expect((await big.over).code).toBe(1009)
    await realtime.publish('a', 1)
    expect(await other.take(1)).toMatchObject([{ data: 1 }])
    expect(realtime.stats().websocket.totalConnections).toBe(1)
  })

  it('security 15: so does a message in more than a thousand pieces, with 1008', async () => {
    const { port } = await serveAll()
    const socket = await openSocket(port)
    await socket.take(2)
    for (let piece = 0; piece < 1100; piece++) socket.ws.send(' ', { fin: false })
    expect((await socket.over).code).toBe(1008)
  })

  it('security 14 and 18: garbage is answered with an error, and the tenth time with 3509', async () => {
    const { realtime, port } = await serveAll()
    const socket = await openSocket(port)
    await socket.take(2)
    const garbage = ['', '{', 'null', '[]', '"ping"', '{"type":"subscribe","channel":"b"}', '{"__proto__":{"type":"ping"}}', '[{"type":"ping"}]', '['.repeat(60_000), Buffer.from('{"type":"ping"}')] // prettier-ignore
    for (const data of garbage) socket.ws.send(data)
    const envelopes = await socket.rest()
    const error = { type: 'error', code: 'BAD_REQUEST', message: 'only ping and auth are understood here' }
    const close = { type: 'close', code: 3509, reason: 'too many errors', reconnect: false }
    expect(envelopes).toEqual([...garbage.map(() => error), close])
    expect(await socket.over).toEqual({ code: 3509, reason: 'too many errors' })
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
  })

  it('10,000 pings of either kind are answered, and disturb nobody', async () => {
    const { realtime, port } = await serveAll()
    const [noisy, quiet] = [await openSocket(port), await openSocket(port)]
    for (const socket of [noisy, quiet]) await socket.take(2)
    let pongs = 0
    noisy.ws.on('pong', () => pongs++)
    for (let i = 0; i < 10_000; i++) {
      noisy.ws.send('{"type":"ping"}')
      noisy.ws.ping()
    }
    await realtime.publish('a', 1)
    expect(await quiet.take(1)).toMatchObject([{ data: 1 }])
    const answers = await noisy.take(10_001)
    expect(answers.filter(({ type }) => type === 'pong')).toHaveLength(10_000)
    expect(pongs).toBeGreaterThan(0)
    expect(realtime.stats().websocket.totalConnections).toBe(2)
  })

  it('security 17: pings of a client that does not read fill no memory', async () => {
    const { realtime, server, port } = await serveAll({ limits: { queuedBytes: 64 * 1024, stallMs: 100 } })
    const sockets: Socket[] = []
    server.on('connection', (socket) => sockets.push(socket))
    const { ws } = await openSocket(port)
    ws.pause()
    let most = 0
    let mostBuffered = 0
    await vi.waitFor(
      () => {
        for (let i = 0; i < 2000; i++) {
          ws.ping('x'.repeat(125))
          ws.send('{"type":"ping"}')
        }
        for (const { queuedBytes } of realtime.sessions) most = Math.max(most, queuedBytes)
        for (const { writableLength } of sockets) mostBuffered = Math.max(mostBuffered, writableLength)
        expect(isEmpty(realtime)).toBe(true)
      },
      { timeout: 20_000, interval: 5 },
    )
    expect(most).toBeLessThanOrEqual(64 * 1024)
    expect(mostBuffered).toBeLessThan(128 * 1024)
  }, 30_000)
})

describe('security 17: a client that reads too slowly', () => {
  it('is answered the last of its pings when it reads again', async () => {
    const { realtime, port } = await serveAll()
    const { ws, take } = await openSocket(port)
    await take(2)
    ws.pause()
    const [session] = realtime.sessions
    while (!session?.queuedBytes) {
      await realtime.publish('a', 'x'.repeat(100_000))
      await laterTurn()
    }
    const { queuedBytes } = session
    const pongs: string[] = []
    ws.on('pong', (data) => pongs.push(data.toString()))
    ws.ping('first')
    ws.ping('last')
    ws.send('{"type":"ping"}')
    await until(() => session.queuedBytes > queuedBytes)
    ws.resume()
    await vi.waitFor(() => expect(pongs).toEqual(['last']))
  })

  it('is told 3008, comes back, and gets from history what it missed', async () => {
    const { realtime, port } = await serveAll({ limits: { queuedBytes: 64 * 1024 }, history: { bytes: 2 ** 26 } })
    const socket = await openSocket(port)
    await socket.take(2)
    socket.ws.pause()
    let published = 0
    const session = [...realtime.sessions][0]
    const filler = 'x'.repeat(16 * 1024)
    await vi.waitFor(
      async () => {
        for (let i = 0; i < 32; i++) await realtime.publish('a', [++published, filler])
        expect(session).toMatchObject({ isOpen: false })
      },
      { timeout: 10_000, interval: 1 },
    )
    expect(session?.queuedBytes).toBe(0)
    socket.ws.resume()
    const seen = await socket.rest()
    expect(await socket.over).toEqual({ code: 3008, reason: 'slow consumer' })
    const last = seen.at(-1)?.['position'] as string
    const offset = Number(last.split(':')[1])
    const back = await openSocket(port, `/ws?lastEventId=${last}`)
    const [, subscribed, ...rest] = await back.take(2 + published - offset)
    expect(subscribed).toMatchObject({ recovered: true, position: last })
    const numbers = [...seen, ...rest].map(({ data }) => (data as unknown[])[0])
    expect(numbers).toEqual(Array.from({ length: published }, (_, index) => index + 1))
  })

  it('is cut off where it does not even take that', async () => {
    const { realtime, port } = await serveAll({ limits: { queuedBytes: 64 * 1024, stallMs: 50 } })
    const socket = await openSocket(port)
    socket.ws.pause()
    const filler = 'x'.repeat(64 * 1024)
    await vi.waitFor(
      async () => {
        for (let i = 0; i < 32; i++) await realtime.publish('a', filler)
        expect(isEmpty(realtime)).toBe(true)
      },
      { timeout: 10_000, interval: 1 },
    )
  })
})

describe('a client that is gone', () => {
  it('is pinged every 30 s, and cut off 60 s after its last pong', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveAll()
    const mute = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'steadystream.v1', { autoPong: false })
    mute.on('error', () => {})
    onTestFinished(() => mute.terminate())
    const over = new Promise<number>((resolve) => mute.on('close', resolve))
    let pings = 0
    mute.on('ping', () => pings++)
    const answering = await openSocket(port)
    await answering.take(2)
    let answered = 0
    answering.ws.on('ping', () => answered++)
    await until(() => [...realtime.sessions].length === 2)
    await vi.advanceTimersByTimeAsync(29_000)
    expect(pings).toBe(0)
    await vi.advanceTimersByTimeAsync(2000)
    await until(() => pings === 1 && answered === 1)
    // The pong is in when what was sent after it is answered.
    answering.ws.send('{"type":"ping"}')
    await answering.take(1)
    await vi.advanceTimersByTimeAsync(28_000)
    expect([...realtime.sessions]).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await over).toBe(1006)
    expect([...realtime.sessions]).toHaveLength(1)
    answering.ws.send('{"type":"ping"}')
    await answering.take(1)
  })
})
