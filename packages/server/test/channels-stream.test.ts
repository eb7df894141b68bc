import { describe, expect, it, vi } from 'vitest'

import { isEmpty } from './support/is-empty.ts'
import { bearer, follow, post, publishThree } from './support/follow-stream.ts'
import { readStream } from './support/read-stream.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

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

  it('are not refused for good beside one that is, where they cannot be judged just now', async () => {
    const { port } = await serveChannels({
      authorize(_, __, channel) {
        if (channel === 'shut') return false
        throw new Error('the database is away')
      },
    })
    for (const path of ['/events', '/poll'])
      expect(await post(port, { channels: { shut: null, ours: null } }, {}, path)).toMatchObject({ status: 500 })
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
