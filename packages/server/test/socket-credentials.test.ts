import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { join, say } from './support/join-socket.ts'
import { openSocket, refusedUpgrade } from './support/open-socket.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

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
