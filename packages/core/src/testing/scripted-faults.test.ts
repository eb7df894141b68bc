import { setupServer } from 'msw/node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'

import { createStreamManager } from '../manager.ts'
import { sse } from '../transports/sse.ts'
import { webSocket } from '../transports/websocket.ts'
import { createManualClock } from './manual-clock.ts'
import { sseHandler, webSocketHandler } from './msw.ts'
import { createScriptedStream } from './scripted-stream.ts'
import { createScriptedWebSocket } from './scripted-web-socket.ts'

import type { TransportFactory } from '../transports/transport.ts'

const url = 'wss://scripted.test/feed'
const sseUrl = 'https://scripted.test/events'
const scripted = { current: createScriptedWebSocket() }
// One for all: each that is made listens on a channel of its own for good.
const handler = webSocketHandler(url, { accept: (socket) => scripted.current.accept(socket) })
const server = setupServer(handler)

beforeEach(() => {
  scripted.current = createScriptedWebSocket()
  if (!globalThis.WebSocket) vi.stubGlobal('WebSocket', WebSocket)
  server.listen({ onUnhandledRequest: 'error' })
})
afterEach(() => {
  server.resetHandlers()
  server.close()
  vi.unstubAllGlobals()
})

function open(...transports: TransportFactory[]) {
  const clock = createManualClock()
  const log: unknown[] = []
  const stream = createStreamManager().open<unknown>(
    transports,
    {
      onData: (data) => log.push(data),
      onError: ({ code }) => void log.push(code),
      onInvalid: ({ code }, { id }) => void log.push(`${code} ${id}`),
    },
    { clock, jitter: 0 },
  )
  return { clock, log, stream }
}

describe('a scripted WebSocket', () => {
  it('speaks envelopes, is cut, and sees the client come back from its position', async () => {
    const { clock, log, stream } = open(webSocket(url))
    await clock.advance(0)
    const first = await scripted.current.nextConnection()
    first.connected({ position: 'e:0' })
    first.event('e:1', { n: 1 })
    await vi.waitFor(() => clock.advance(0).then(() => expect(log).toEqual([{ n: 1 }])))
    first.drop()
    await vi.waitFor(() => clock.advance(0).then(() => expect(stream.state).toBe('retrying')))
    await clock.advance(1000)
    const second = await scripted.current.nextConnection()
    second.connected({ position: 'e:1' })
    second.event('e:2', { n: 2 })
    await vi.waitFor(() => clock.advance(0).then(() => expect(log).toHaveLength(3)))
    stream.close()
    await second.closed

    expect(log).toEqual([{ n: 1 }, 'ENDED', { n: 2 }])
    expect([first.url, second.url].map(({ search }) => search)).toEqual(['', '?lastEventId=e%3A1'])
    expect([first.isOpen, second.isOpen, scripted.current.openConnections]).toEqual([false, false, 0])
  })

  it('says why it closes, and hears what the client sends', async () => {
    const { clock, log, stream } = open(webSocket(url))
    await clock.advance(0)
    const socket = await scripted.current.nextConnection()
    socket.connected()
    await vi.waitFor(() => clock.advance(0).then(() => expect(stream.state).toBe('connected')))
    expect(stream.send('hello')).toBe('sent')
    await vi.waitFor(() => expect(socket.received).toContain('hello'))
    socket.close({ code: 3500, reason: 'gone', reconnect: false })
    await vi.waitFor(() => clock.advance(0).then(() => expect(stream.state).toBe('error')))
    expect(log).toEqual(['SERVER_CLOSE'])
  })

  it('goes silent: what it would say is not heard, and it cannot end', async () => {
    const { clock, log, stream } = open(webSocket(url))
    await clock.advance(0)
    const socket = await scripted.current.nextConnection()
    socket.connected({ heartbeatInterval: 1000 })
    await vi.waitFor(() => clock.advance(0).then(() => expect(stream.state).toBe('connected')))
    socket.goSilent()
    socket.event('scripted:1', 1)
    socket.drop()
    await clock.advance(1500)
    const before = [...log]
    await clock.advance(1000)
    stream.close()
    expect([before, log]).toEqual([[], ['HEARTBEAT']])
  })

  it('refuses, and stands beside a scripted stream as its fallback', async () => {
    const sseServer = createScriptedStream()
    server.use(sseHandler(sseUrl, sseServer))
    sseServer.respond(404, { times: 10 })
    scripted.current.refuse()
    const { clock, log, stream } = open(sse(sseUrl), webSocket(url))
    await vi.waitFor(() => clock.advance(1000).then(() => scripted.current.connection(0)))
    const socket = scripted.current.connection(0)
    socket.connected()
    socket.event('scripted:1', 'here')
    await vi.waitFor(() => clock.advance(0).then(() => expect(log.at(-1)).toBe('here')))
    stream.close()
    expect(() => scripted.current.connection(1)).toThrow('there is no connection 1: 1 accepted so far')
  })
})

describe('a scripted stream', () => {
  it('is busy, repeats itself, and sends what is no JSON', async () => {
    const scriptedStream = createScriptedStream()
    scriptedStream.busy(2)
    const { clock, log } = open(sse(sseUrl, { fetch: scriptedStream.fetch }))
    await clock.advance(1999)
    const early = scriptedStream.requests.length
    await clock.advance(1)
    const connection = scriptedStream.connection(0)
    connection.push({ id: '1', data: 1 })
    connection.push({ id: '2', data: 2 })
    connection.repeat(2)
    connection.malformed('3')
    await clock.advance(0)

    expect([early, scriptedStream.requests.length]).toEqual([1, 2])
    // Within one connection nothing is dropped: a server may say the same thing twice.
    expect(log).toEqual(['HTTP', 1, 2, 1, 2, 'PARSE 3'])
  })
})
