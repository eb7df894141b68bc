import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

import { createStream, createStreamManager, sse, webSocket } from '../../src/index.ts'
import { closeCodes, subprotocol } from '../../src/protocol/index.ts'
import { describeGap } from '../support/open-scripted.ts'
import { numbers, serveRealtime } from './realtime-server.ts'
import { createWarpedClock } from './warped-clock.ts'

import type { IncomingMessage } from 'node:http'
import type { TransportFactory } from '../../src/index.ts'
import type { CloseCode } from '../../src/protocol/index.ts'

const channels = numbers(1, 20).map((n) => `room-${n}`)
const queryOf = ({ url = '' }: IncomingMessage) => new URL(url, 'http://server.test').searchParams

/** A server that lets in whoever shows the token of the day, and hands that out at `/token`. */
async function serveGuarded() {
  let valid = 'token-1'
  let handedOut = valid
  let refreshes = 0
  const refused: string[] = []
  const handshakes = new WebSocketServer({ noServer: true, handleProtocols: () => subprotocol })
  const server = await serveRealtime({
    intercept(request, response) {
      if (request.url === '/token') {
        refreshes += 1
        response.end(handedOut)
        return true
      }
      const token = request.headers.authorization
      if (token === valid) return false
      refused.push(`${queryOf(request).get('channel')} ${token}`)
      response.writeHead(401).end()
      return true
    },
    interceptUpgrade(request, socket, head) {
      const query = queryOf(request)
      if (query.get('token') === valid) return false
      refused.push(`${query.get('channel')} ${query.get('token')}`)
      handshakes.handleUpgrade(request, socket, head, (ws) => ws.close(3000, 'unauthorized'))
      return true
    },
  })
  return {
    ...server,
    refused,
    refreshes: () => refreshes,
    /** Makes the token worthless, ends the sessions that came in with it, and hands out `next` from now on. */
    expire(next: string, code: CloseCode) {
      valid = 'token-2'
      handedOut = next
      for (const session of server.realtime.sessions) session.end({ ...code, reconnect: true })
    },
  }
}

type Guarded = Awaited<ReturnType<typeof serveGuarded>>

/** One stream for each channel, none of which shares a connection, and all that they have been told. */
function openAll(server: Guarded, transportOf: (channel: string, token: () => string) => TransportFactory) {
  const manager = createStreamManager()
  const clock = createWarpedClock()
  onTestFinished(() => manager.cleanupAll())
  let token = 'token-1'
  const refreshAuth = vi.fn(async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/token`, { method: 'POST' })
    token = await response.text()
  })
  const logs = channels.map((channel) => {
    const received: unknown[] = []
    const failures: string[] = []
    const stream = createStream({
      manager,
      clock,
      pool: false,
      transports: [transportOf(channel, () => token)],
      refreshAuth,
      retryDelay: 5,
      minRetryDelay: 1,
      maxRetryDelay: 50,
      from: 'start',
      onData: (data) => void received.push(data),
      onGap: (gap) => void received.push(`gap ${describeGap(gap)}`),
      onError: ({ code, willRetry }) => void failures.push(`${code} ${willRetry ? 'retried' : 'final'}`),
    })
    return { stream, received, failures }
  })
  const received = (count: number) =>
    vi.waitFor(() => expect(logs.map((log) => log.received.length)).toEqual(channels.map(() => count)), 5000)
  return { logs, refreshAuth, clock, received, showsToken: () => token }
}

const publishToAll = (server: Guarded, from: number, to: number) =>
  channels.forEach((channel) => server.publish(channel, from, to))

describe.each<[string, CloseCode, string[], (server: Guarded) => Parameters<typeof openAll>[1]]>([
  [
    'SSE, whose sessions end and are answered 401',
    closeCodes.expired,
    ['SERVER_CLOSE retried'],
    ({ port }) =>
      (channel, token) =>
        sse(`http://127.0.0.1:${port}/events?channel=${channel}`, { headers: () => ({ Authorization: token() }) }),
  ],
  [
    'WebSocket, whose sessions end with 3000',
    closeCodes.unauthorized,
    [],
    ({ port }) =>
      (channel, token) =>
        webSocket(() => `ws://127.0.0.1:${port}/ws?channel=${channel}&token=${token()}`, { WebSocket }),
  ],
])('20 streams over %s', (_, code, failuresOnTheWay, transportsOf) => {
  it('refresh their token once when it expires, and go on without a loss', async () => {
    const server = await serveGuarded()
    const { logs, refreshAuth, received, showsToken } = openAll(server, transportsOf(server))
    publishToAll(server, 1, 50)
    await received(50)
    server.expire('token-2', code)
    publishToAll(server, 51, 100)
    await received(100)
    publishToAll(server, 101, 150)
    await received(150)

    for (const log of logs) {
      expect(log.received).toEqual(numbers(1, 150))
      expect(log.failures).toEqual(failuresOnTheWay)
      expect(log.stream.state).toBe('connected')
    }
    expect([refreshAuth.mock.calls.length, server.refreshes(), showsToken()]).toEqual([1, 1, 'token-2'])
    // Nobody has come twice with the old token, and nobody twice with the new one.
    expect(server.refused).toEqual([...new Set(server.refused)])
    expect(server.realtime.health().connections).toBe(20)
  })

  it('tell one final error each when the refresh brings the same token, and do not come back', async () => {
    const server = await serveGuarded()
    const { logs, refreshAuth, clock, received } = openAll(server, transportsOf(server))
    const states = () => logs.map(({ stream }) => stream.state)
    publishToAll(server, 1, 10)
    await received(10)
    server.expire('token-1', code)
    await vi.waitFor(() => expect(states()).toEqual(channels.map(() => 'error')))

    // The session's end; that of the dial after it, where that is how they learn of it; and then none is let dial.
    const dials = 2 + failuresOnTheWay.length
    // Whatever still waits comes due at once.
    clock.sleep(3_600_000, 'both')
    for (const { failures, stream } of logs) {
      expect(failures).toEqual([...failuresOnTheWay, 'UNAUTHORIZED final'])
      expect([stream.state, stream.stats.attempts]).toEqual(['error', dials])
    }
    // Whoever dials after a refresh in vain asks for another one; nobody asks twice.
    expect(refreshAuth.mock.calls.length).toBeLessThanOrEqual(channels.length)
    expect(server.refused).toHaveLength(channels.length * failuresOnTheWay.length)
    expect(server.realtime.health().connections).toBe(0)
  })
})
