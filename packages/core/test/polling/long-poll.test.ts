import { describe, expect, onTestFinished, test } from 'vitest'

import { polling } from '../../src/transports/polling.ts'
import { recordLink } from './recording-link.ts'
import { answer, complete, event, gap, scriptFetch } from './scripted-fetch.ts'

import type { PollingOptions } from '../../src/transports/polling.ts'

const url = 'http://poll.test/events'
function dial(linkOptions: Parameters<typeof recordLink>[0] = {}, options: PollingOptions = {}) {
  const script = scriptFetch()
  const link = recordLink(linkOptions)
  onTestFinished(() => link.abort())
  polling(url, { fetch: script.fetch, ...options })({}).connect(link)
  return { ...script, link, clock: link.clock }
}

describe('the first request', () => {
  test('asks for nothing in particular where there is no position, and is not held', async () => {
    const { queries, clock, current } = dial()
    await clock.advance(0)
    expect(queries()).toEqual([''])
    expect(current().headers.get('Accept')).toBe('application/json')
  })

  test('asks for what came after a position', async () => {
    const { queries, clock } = dial({ lastEventId: 'e:7' })
    await clock.advance(0)
    expect(queries()).toEqual(['since=e:7'])
  })

  test('asks for the beginning, and then for what comes after the answer', async () => {
    const { queries, clock, current, link } = dial({ fromStart: true })
    await clock.advance(0)
    current().json(answer('e:2', event('e:1', 'a'), event('e:2', 'b')))
    await clock.advance(100)
    expect(queries()).toEqual(['from=start', 'since=e:2&wait=25'])
    expect(link.facts()).toEqual([
      'opened',
      'connected undefined 30000',
      'event message e:1 "a"',
      'event message e:2 "b"',
    ])
  })

  test('leaves the query of the URL alone', async () => {
    const script = scriptFetch()
    const link = recordLink({ lastEventId: 'e:7' })
    onTestFinished(() => link.abort())
    polling('/poll?room=1', { fetch: script.fetch, baseUrl: 'http://poll.test/api' })({}).connect(link)
    await link.clock.advance(0)
    expect(script.asked.map((each) => each.url.href)).toEqual(['http://poll.test/api/poll?room=1&since=e%3A7'])
  })
})

describe('what the link is told', () => {
  test('nothing before the first answer, then that it is open, the greeting, and the bytes', async () => {
    const { link, clock, current } = dial()
    await clock.advance(20_000)
    expect(link.told).toEqual([])
    current().json(answer('e:4'))
    await clock.advance(0)
    expect(link.told).toEqual(['opened', 'connected e:4 30000', `bytes ${JSON.stringify(answer('e:4')).length}`])
  })

  test('a greeting at the position it asked for, if that was honoured', async () => {
    const { link, clock, current } = dial({ lastEventId: 'e:7' })
    await clock.advance(0)
    current().json(answer('e:8', event('e:8', { n: 8 })))
    await clock.advance(0)
    expect(link.facts()).toEqual(['opened', 'connected e:7 30000', 'event message e:8 {"n":8}'])
  })

  test('a greeting without a position before a gap, which brings it', async () => {
    const { link, clock, current } = dial({ lastEventId: 'old:7' })
    await clock.advance(0)
    current().json(answer('e:8', gap('e:7', 'old:7'), event('e:8', 1)))
    await clock.advance(0)
    expect(link.facts()).toEqual(['opened', 'connected undefined 30000', 'gap e:7', 'event message e:8 1'])
  })

  test('opened and greeted once', async () => {
    const { link, clock, current } = dial()
    await clock.advance(0)
    for (let n = 1; n < 4; n++) {
      current().json(answer(`e:${n}`, event(`e:${n}`, n)))
      await clock.advance(100)
    }
    expect(link.facts()).toEqual([
      'opened',
      'connected undefined 30000',
      'event message e:1 1',
      'event message e:2 2',
      'event message e:3 3',
    ])
  })

  test('that the channel is complete, after which it asks no more', async () => {
    const { link, clock, current, asked } = dial({ lastEventId: 'e:1' })
    await clock.advance(0)
    current().json(answer('e:2', event('e:2', 2), complete('e:2'), event('e:3', 3)))
    await clock.advance(100_000)
    expect(link.facts().slice(2)).toEqual(['event message e:2 2', 'complete e:2', 'completed'])
    expect([asked.length, clock.pending]).toEqual([1, 0])
  })

  test('an event over maxEventSize in the place where it stood', async () => {
    const { link, clock, current } = dial({ lastEventId: 'e:0', maxEventSize: 10 })
    await clock.advance(0)
    current().json(answer('e:2', event('e:1', 'x'.repeat(50)), event('e:2', 2)))
    await clock.advance(0)
    expect(link.facts().slice(2)).toEqual([`oversized message e:1 "${'x'.repeat(50)}"`, 'event message e:2 2'])
  })
})

describe('the requests that follow', () => {
  test('are held by the server, and go on where the last answer ended', async () => {
    const { queries, clock, current } = dial()
    await clock.advance(0)
    current().json(answer('e:4'))
    await clock.advance(100)
    current().json(answer('e:6', event('e:5', 5), event('e:6', 6)))
    await clock.advance(25_000)
    current().json(answer('e:6'))
    await clock.advance(0)
    expect(queries()).toEqual(['', 'since=e:4&wait=25', 'since=e:6&wait=25', 'since=e:6&wait=25'])
  })

  test('are one at a time: each is sent when the one before it is answered', async () => {
    const { asked, clock, current } = dial()
    for (let n = 0; n < 20; n++) {
      await clock.advance(24_000)
      expect(asked).toHaveLength(n + 1)
      current().json(answer(`e:${n}`, event(`e:${n}`, n)))
      await clock.advance(0)
    }
  })

  test('begin no closer together than 100 ms, however busy the channel is', async () => {
    const { asked, clock, current } = dial()
    await clock.advance(0)
    const sentAt: number[] = []
    for (let n = 1; n < 5; n++) {
      sentAt.push(clock.now())
      current().json(answer(`e:${n}`, event(`e:${n}`, n)))
      await clock.advance(99)
      expect(asked).toHaveLength(n)
      await clock.advance(1)
    }
    expect(sentAt).toEqual([0, 100, 200, 300])
  })

  test.each([
    ['holds nothing', (since: string) => answer(since)],
    ['tells the same again and again', () => answer('e:1', event('e:1', 1))],
    ['has a gap to tell each time', (since: string) => answer(since === 'a:1' ? 'b:1' : 'a:1', gap('b:1'))],
  ])('leave an interval to a server that %s', async (_, reply) => {
    const { asked, clock, current } = dial({ lastEventId: 'e:1' })
    for (const [n, sentAt] of [0, 100, 1100, 2100, 3100].entries()) {
      await clock.advance(Math.max(sentAt - 1 - clock.now(), 0))
      if (n > 0) expect(asked).toHaveLength(n)
      await clock.advance(sentAt - clock.now())
      expect(asked).toHaveLength(n + 1)
      current().json(reply(current().url.searchParams.get('since') ?? ''))
      await clock.advance(0)
    }
  })

  test.each([
    [0, 750],
    [0.5, 1000],
    [0.999, 1249.5],
  ])('spread that interval: chance %d makes it %d ms', async (chance, ms) => {
    const { asked, clock, current } = dial({ random: () => chance })
    await clock.advance(0)
    current().json(answer('e:1'))
    await clock.advance(100)
    current().json(answer('e:1'))
    await clock.advance(ms - 1)
    expect(asked).toHaveLength(2)
    await clock.advance(1)
    expect(asked).toHaveLength(3)
  })

  test('keep the interval that was asked for', async () => {
    const { asked, clock, current } = dial({}, { interval: 60_000, wait: 0 })
    await clock.advance(0)
    current().json(answer('e:1'))
    await clock.advance(100)
    expect(asked.at(-1)?.url.search).toBe('?since=e%3A1')
    current().json(answer('e:1'))
    await clock.advance(59_999)
    expect(asked).toHaveLength(2)
    await clock.advance(1)
    expect(asked).toHaveLength(3)
  })

  test('wait for room, and so do the events of an answer', async () => {
    const { asked, clock, current, link } = dial({ lastEventId: 'e:0' })
    await clock.advance(0)
    link.hold()
    current().json(answer('e:2', event('e:1', 1), event('e:2', 2)))
    await clock.advance(60_000)
    expect(link.facts().slice(2)).toEqual([])
    link.release()
    link.hold()
    await clock.advance(60_000)
    expect(link.facts().slice(2)).toEqual([])
    link.release()
    await clock.advance(0)
    expect(link.facts().slice(2)).toEqual(['event message e:1 1', 'event message e:2 2'])

    await clock.advance(100)
    expect(asked).toHaveLength(2)
    link.hold()
    current().json(answer('e:2'))
    await clock.advance(60_000)
    expect(asked).toHaveLength(2)
    link.release()
    await clock.advance(1000)
    expect(asked).toHaveLength(3)
  })

  test('trap 41: leave no listener behind, however many they are', async () => {
    const { asked, clock, current, link } = dial()
    await clock.advance(0)
    for (let n = 0; n < 50; n++) {
      current().json(answer(`e:${n}`, event(`e:${n}`, n)))
      await clock.advance(100)
    }
    expect(link.listeners()).toBe(1)
    // What a runtime's fetch leaves on a signal is gone with it.
    expect(new Set(asked.map(({ init }) => init.signal)).size).toBe(asked.length)
  })
})

test('asks functions for url and headers anew each time', async () => {
  const script = scriptFetch()
  const link = recordLink()
  onTestFinished(() => link.abort())
  let asked = 0
  polling(() => Promise.resolve(`http://poll.test/${++asked}`), {
    fetch: script.fetch,
    headers: () => ({ Authorization: `Bearer ${asked}` }),
    credentials: 'include',
  })({ headers: { 'X-App': 'a' } }).connect(link)
  await link.clock.advance(0)
  script.current().json(answer('e:1'))
  await link.clock.advance(100)
  expect(
    script.asked.map(({ url: { pathname }, headers, init }) => [
      pathname,
      headers.get('Authorization')?.slice(0, 6),
      headers.get('X-App'),
      init.credentials,
    ]),
  ).toEqual([
    ['/1', 'Bearer', 'a', 'include'],
    ['/2', 'Bearer', 'a', 'include'],
  ])
})
