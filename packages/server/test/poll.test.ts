import { connect } from 'node:net'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { laggingBackplane, laterTurn } from './support/lagging-backplane.ts'
import { readStream } from './support/read-stream.ts'
import { frameworks, serve } from './support/serve.ts'
import { until } from './support/until.ts'

import type { PollAnswer } from '@steadystream/core/protocol'
import type { Channel, RealtimeOptions } from '../src/index.ts'
import type { Ask } from './support/read-stream.ts'
import type { Framework } from './support/serve.ts'

function servePolls(options: RealtimeOptions = {}, channel?: Channel, kind: Framework = 'node:http') {
  return serve((realtime, req, res) => realtime.poll(req, res, { channel }), options, kind)
}

async function poll(port: number, query: string, ask: Ask = {}) {
  const { status, headers, over, text } = await readStream(port, { path: `/events${query}`, ...ask })
  await over
  return { status, headers, body: JSON.parse(text()) as PollAnswer } // what each test then compares
}

function event(epoch: string, offset: number, data: unknown = offset) {
  return { type: 'event', channel: 'a', position: `${epoch}:${offset}`, data }
}

describe.each(frameworks)('a poll over %s', (kind) => {
  it('security 23 and 32: answers with the headers of uncacheable JSON', async () => {
    const { port } = await servePolls({}, 'a', kind)
    const { status, headers, body } = await poll(port, '')
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'content-length': String(JSON.stringify(body).length),
    })
  })

  it('says where the channel is, then what came since', async () => {
    const { realtime, port } = await servePolls({}, 'a', kind)
    const { epoch } = await realtime.publish('a', 1)
    expect((await poll(port, '?wait=30')).body).toEqual({ events: [], positions: { a: `${epoch}:1` } })
    await realtime.publish('a', 2)
    const answer = { events: [event(epoch, 2)], positions: { a: `${epoch}:2` } }
    expect((await poll(port, `?since=${epoch}:1&wait=30`)).body).toEqual(answer)
    expect((await poll(port, '', { headers: { 'Last-Event-ID': `${epoch}:1` } })).body).toEqual(answer)
    const all = [event(epoch, 1), event(epoch, 2)]
    expect((await poll(port, '?from=start')).body).toEqual({ events: all, positions: { a: `${epoch}:2` } })
    expect((await poll(port, `?since=${epoch}:2`)).body).toEqual({ events: [], positions: { a: `${epoch}:2` } })
  })

  it('waits for what comes, and answers what one turn published together', async () => {
    const { realtime, port } = await servePolls({}, 'a', kind)
    const { epoch } = await realtime.publish('a', 1)
    const answer = poll(port, `?since=${epoch}:1&wait=30`)
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    await laterTurn()
    await realtime.publish('a', 2)
    await realtime.publish('a', 3)
    expect((await answer).body.events).toEqual([event(epoch, 2), event(epoch, 3)])
  })
})

describe('a poll', () => {
  it('answers with nothing after the wait, and at most after 30 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await servePolls({}, 'a')
    const { epoch } = await realtime.publish('a', 1)
    for (const [wait, ms] of [
      ['2.5', 2500],
      ['86400', 30_000],
    ] as const) {
      const answer = poll(port, `?since=${epoch}:1&wait=${wait}`)
      await until(() => vi.getTimerCount() === 1)
      await vi.advanceTimersByTimeAsync(ms - 1)
      expect([...realtime.sessions]).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(1)
      expect((await answer).body).toEqual({ events: [], positions: { a: `${epoch}:1` } })
      await until(() => [...realtime.sessions].length === 0)
      expect(vi.getTimerCount()).toBe(0)
    }
  })

  it('is told when the channel completes, and again whenever it asks at the end', async () => {
    const { realtime, port } = await servePolls({}, 'a')
    const { epoch } = await realtime.publish('a', 1)
    const held = poll(port, `?since=${epoch}:1&wait=30`)
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    await laterTurn()
    await realtime.complete('a')
    const complete = { type: 'complete', channel: 'a', position: `${epoch}:1` }
    const atEnd = { events: [complete], positions: { a: `${epoch}:1` } }
    expect((await held).body).toEqual(atEnd)
    for (const query of [`?since=${epoch}:1`, `?since=${epoch}:1&wait=30`, '']) {
      expect((await poll(port, query)).body).toEqual(atEnd)
    }
    const whole = [event(epoch, 1), complete]
    expect((await poll(port, '?from=start')).body).toEqual({ events: whole, positions: { a: `${epoch}:1` } })
  })

  it('declares what cannot be had, before what can', async () => {
    const { realtime, port } = await servePolls({ history: { size: 1 } }, 'a')
    const { epoch } = await realtime.publish('a', 1)
    await realtime.publish('a', 2)
    await realtime.publish('a', 3)
    const gap = { type: 'gap', channel: 'a', kind: 'lost', to: `${epoch}:2` }
    for (const [query, from] of [
      [`?since=${epoch}:1`, `${epoch}:1`],
      [`?since=${epoch}:99`, `${epoch}:99`],
      ['?since=former:3', 'former:3'],
      ['?since=nonsense', undefined],
      ['?since=%00%0d%0a', undefined],
      ['?from=start', undefined],
    ]) {
      expect((await poll(port, `${query}&wait=30`)).body).toEqual({
        events: [{ ...gap, ...(from && { from }) }, event(epoch, 3)],
        positions: { a: `${epoch}:3` },
      })
    }
  })

  it('waits on where what arrives brings nothing new, and reads again where it was not in history yet', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await servePolls({ backplane }, 'a')
    const { epoch } = await realtime.publish('a', 1)
    const held = poll(port, `?since=${epoch}:1&wait=30`)
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    for (let i = 0; i < 5; i++) await laterTurn()
    // Only now is the first event delivered, which the client has.
    backplane.release()
    for (let i = 0; i < 5; i++) await laterTurn()
    expect([...realtime.sessions]).toHaveLength(1)
    await realtime.publish('a', 2)
    backplane.release()
    expect((await held).body.events).toEqual([event(epoch, 2)])
  })

  it('misses nothing that is published while history is read', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await servePolls({ backplane }, 'a')
    const { epoch } = await realtime.publish('a', 1)
    backplane.release()
    let reads = 0
    backplane.onRead = async () => {
      // The second read has been made and shows nothing; this comes before its answer.
      if (++reads !== 2) return
      await realtime.publish('a', 2)
      backplane.release()
    }
    expect((await poll(port, `?since=${epoch}:1&wait=30`)).body.events).toEqual([event(epoch, 2)])
  })

  it('gives every poller every event once, while publishes race the polls', async () => {
    const { realtime, port } = await servePolls({ history: { size: 10_000 } }, 'a')
    const publisher = (async () => {
      for (let published = 0; published < 2000;) {
        for (let i = 0; i < 20; i++) void realtime.publish('a', ++published)
        await laterTurn()
      }
      await realtime.complete('a')
    })()
    async function follow(): Promise<unknown[]> {
      const seen: unknown[] = []
      let query = '?from=start'
      for (;;) {
        const { events, positions } = (await poll(port, `${query}&wait=30`)).body
        for (const envelope of events) {
          if (envelope.type === 'complete') return seen
          seen.push(envelope.type === 'event' ? envelope.data : envelope)
        }
        query = `?since=${positions['a']}`
      }
    }
    const all = await Promise.all([follow(), follow(), follow()])
    await publisher
    const expected = Array.from({ length: 2000 }, (_, index) => index + 1)
    for (const seen of all) expect(seen).toEqual(expected)
  })

  it('answers with at most 1,000 events and about 1 MiB, and with one of any size', async () => {
    const { realtime, port } = await servePolls({ history: { size: 10_000, bytes: 2 ** 26 } }, 'a')
    const { epoch } = await realtime.publish('a', 'x'.repeat(3_000_000))
    for (let i = 0; i < 10; i++) void realtime.publish('a', 'y'.repeat(200_000))
    for (let i = 0; i < 2000; i++) void realtime.publish('a', i)
    await realtime.complete('a')
    const counts = []
    let query = '?from=start'
    for (let i = 0; i < 6; i++) {
      const { events, positions } = (await poll(port, query)).body
      counts.push(events.length)
      query = `?since=${positions['a']}`
    }
    expect(counts).toEqual([1, 5, 687, 1000, 319, 1])
    expect(query).toBe(`?since=${epoch}:2011`)
  })

  it('shows another life of the channel as a gap, also to who waits', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await servePolls({ backplane }, 'a')
    const { epoch } = await realtime.publish('a', 1)
    backplane.release()
    const held = poll(port, `?since=${epoch}:1&wait=30`)
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    for (let i = 0; i < 5; i++) await laterTurn()
    const { read } = backplane
    backplane.read = async (key, range) => {
      const page = await read(key, { ...range, after: 1 })
      // What the broker has after it lost its data.
      return { ...page, epoch: 'next', oldest: 1, top: 0, events: [] }
    }
    await realtime.publish('a', 2)
    backplane.release()
    expect((await held).body).toEqual({
      events: [{ type: 'gap', channel: 'a', kind: 'lost', from: `${epoch}:1`, to: 'next:0' }],
      positions: { a: 'next:0' },
    })
  })

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
