import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { poll, servePolls } from './support/ask-poll.ts'
import { laggingBackplane, laterTurn } from './support/lagging-backplane.ts'
import { readStream } from './support/read-stream.ts'
import { until } from './support/until.ts'

describe('a poll', () => {
  it('ends when the client leaves, and leaves nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await servePolls({}, 'a')
    const { epoch } = await realtime.publish('a', 1)
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /?since=${epoch}:1&wait=30 HTTP/1.1\r\nHost: a\r\n\r\n`)
    await until(() => vi.getTimerCount() === 1)
    expect(realtime.stats()).toMatchObject({
      sse: { totalConnections: 0 },
      polling: { totalEvents: 0, clients: [{ channel: 'a', clientId: expect.stringMatching(/^poll_[\w-]{16}$/) }] },
      channels: { totalSubscriptions: 1 },
    })
    socket.destroy()
    await until(() => realtime.stats().polling.totalConnections === 0)
    expect([realtime.stats().channels.totalSubscriptions, vi.getTimerCount()]).toEqual([0, 0])
  })

  it('is answered at once when the server closes, which then takes no more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await servePolls({}, 'a')
    const { epoch } = await realtime.publish('a', 1)
    const held = poll(port, `?since=${epoch}:1&wait=30`, { headers: { Connection: 'keep-alive' } })
    await until(() => vi.getTimerCount() === 3)
    await realtime.close()
    expect(vi.getTimerCount()).toBe(0)
    const { headers, body } = await held
    expect([body, headers.connection]).toEqual([{ events: [], positions: { a: `${epoch}:1` } }, 'close'])
    const refused = await poll(port, `?since=${epoch}:1`)
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { error: { code: 'UNAVAILABLE', message: 'shutting down' } },
    })
  })

  it('can be cut like any session, and is answered 503 where history cannot be read', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await servePolls({ backplane }, 'a')
    const { epoch } = await realtime.publish('a', 1)
    backplane.release()
    const cut = poll(port, `?since=${epoch}:1&wait=30`)
    const failed = expect(cut).rejects.toThrow('socket hang up')
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    for (const session of realtime.sessions) session.destroy()
    await failed
    const held = poll(port, `?since=${epoch}:1&wait=30`)
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    for (let i = 0; i < 5; i++) await laterTurn()
    backplane.failReads(true)
    await realtime.publish('a', 2)
    backplane.release()
    expect(await held).toMatchObject({ status: 503, body: { error: { code: 'UNAVAILABLE' } } })
    await vi.waitFor(() => expect(realtime.stats().channels.activeChannels).toBe(0))
  })

  it('security 19: holds a place among the connections while it waits', async () => {
    const { realtime, port } = await servePolls({ limits: { connections: 2 } }, 'a')
    const { epoch } = await realtime.publish('a', 1)
    const held = [1, 2].map(() => poll(port, `?since=${epoch}:1&wait=30`))
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(2))
    expect(await poll(port, '')).toMatchObject({ status: 503, body: { error: { code: 'TOO_MANY_CONNECTIONS' } } })
    await realtime.publish('a', 2)
    for (const answer of held) expect((await answer).status).toBe(200)
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(0))
    expect((await poll(port, '')).status).toBe(200)
  })

  it('security 10 and 12: asks authorize, and refuses names and waits that are none', async () => {
    const { port } = await servePolls({
      authorize: (_, action, channel) => action === 'subscribe' && channel === 'open',
    })
    const answers = []
    for (const query of [
      '?channel=open',
      '?channel=shut',
      '?channel=',
      '',
      '?channel=open&wait=-1',
      '?channel=open&wait=1e3',
      '?channel=open&wait=',
      '?channel=open&from=x',
    ]) {
      // prettier-ignore
      answers.push((await poll(port, query)).status)
    }
    expect(answers).toEqual([200, 403, 400, 400, 400, 400, 400, 400])
    const alone = await servePolls()
    expect((await poll(alone.port, '?channel=open')).status).toBe(403)
  })

  it('has the CORS headers of every answer, and refuses what is no GET', async () => {
    const origin = 'https://app.example'
    const { port } = await servePolls({ cors: { origins: [origin] } }, 'a')
    const cors = { 'access-control-allow-origin': origin, vary: 'Origin', 'access-control-expose-headers': 'Retry-After' } // prettier-ignore
    const headers = { Origin: origin }
    expect((await poll(port, '', { headers })).headers).toMatchObject(cors)
    expect((await poll(port, '?wait=x', { headers })).headers).toMatchObject(cors)
    const preflight = await readStream(port, { method: 'OPTIONS', headers })
    expect([preflight.status, preflight.headers]).toMatchObject([204, { ...cors, allow: 'GET, OPTIONS' }])
    expect(await poll(port, '', { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, OPTIONS' } })
  })
})
