import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { event, poll, servePolls } from './support/ask-poll.ts'
import { laggingBackplane, laterTurn } from './support/lagging-backplane.ts'
import { publishInTurns } from './support/publish-in-turns.ts'
import { until } from './support/until.ts'

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

  it('declares what came after the end of the channel, and repeats nothing of what came before', async () => {
    const { realtime, port } = await servePolls({}, 'a')
    const { epoch } = await realtime.publish('a', 1)
    const answer = (await poll(port, `?since=${epoch}:99&wait=30`)).body
    expect(answer).toEqual({
      events: [{ type: 'gap', channel: 'a', kind: 'lost', from: `${epoch}:99`, to: `${epoch}:1` }],
      positions: { a: `${epoch}:1` },
    })
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
    const publisher = publishInTurns(realtime, 'a', 2000)
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
})
