import { HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createStream, createStreamManager } from '../../src/index.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { polling } from '../../src/transports/polling.ts'
import { mock, msw, url } from './mock-polls.ts'
import { openPoll } from './open-poll.ts'

import type { ParsedPollingOptions } from '../../src/transports/polling.ts'

beforeEach(() => msw.listen({ onUnhandledRequest: 'error' }))

afterEach(() => {
  msw.resetHandlers()
  msw.close()
})

describe('a stream that polls any endpoint', () => {
  const parse: ParsedPollingOptions['parse'] = (body) => (body as number[]).map((n) => ({ id: n, data: n }))

  test('delivers each item once over reconnects, and declares no gap', async () => {
    let items = [1, 2]
    const { clock } = mock((_, nth) =>
      nth % 2 === 1 ? new HttpResponse(null, { status: 502 }) : HttpResponse.json(items),
    )
    const { log, data } = openPoll(url, { clock, jitter: 0 }, { parse })
    for (let n = 3; n < 8; n++) {
      await clock.advance(10_000)
      items = [...items.slice(-4), n]
    }
    await clock.advance(10_000)
    expect(data).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(log.filter((line) => line.startsWith('gap'))).toEqual([])
  })

  test('delivers items that share an id, where a full buffer ends the link among them', async () => {
    const items = [1, 2, 3, 4, 5, 6].map((n) => ({ id: 'job', data: n }))
    const { clock } = mock(() => HttpResponse.json(items))
    const { log, data } = openPoll(
      url,
      { clock, overflow: 'close-and-resume', maxBufferedEvents: 2 },
      { parse: (body) => body as typeof items, keyOf: ({ data: n }) => String(n) },
    )
    await clock.advance(10_000)
    expect(data).toEqual([1, 2, 3, 4, 5, 6])
    expect(log.filter((line) => line.startsWith('gap'))).toEqual([])
  })

  test('goes on from what its handler has seen after close() and start()', async () => {
    const { clock } = mock(() => HttpResponse.json([1, 2, 3]))
    const seen: unknown[] = []
    const { stream } = openPoll(
      url,
      {
        clock,
        linger: 0,
        onData(each) {
          seen.push(each)
          if (seen.length === 2) stream.close()
        },
      },
      { parse },
    )
    await clock.advance(0)
    expect([seen, stream.lastEventId]).toEqual([[1, 2], '2'])
    stream.start()
    await clock.advance(0)
    expect(seen).toEqual([1, 2, 3])
  })

  test('is not taken for dead in an interval that is longer than any heartbeat', async () => {
    const { clock, asked } = mock(() => HttpResponse.json([1]))
    const { log } = openPoll(url, { clock, heartbeatInterval: 25_000 }, { parse, interval: 1_800_000 })
    await clock.advance(7_200_000)
    expect(log).toEqual(['connecting started by polling', 'connected opened by polling', 'data 1'])
    expect(asked).toHaveLength(5)
  })

  test('retries and reports what parse throws on', async () => {
    const { clock } = mock(() => HttpResponse.json({ error: 'no' }))
    const { log } = openPoll(url, { clock, maxRetries: 1 }, { parse })
    await clock.advance(60_000)
    expect(log.filter((line) => /error/.test(line))).toEqual([
      'error PARSE retried',
      'error PARSE final',
      'error max-retries by polling',
    ])
  })
})

describe('sharing', () => {
  const parse: ParsedPollingOptions['parse'] = () => []
  const keyOf = () => ''
  const shared = [
    ['with the same URL', {}, {}],
    ['with equal headers', { headers: { 'X-A': '1' } }, { headers: [['x-a', '1']] as [string, string][] }],
    ['with one parse function', { parse, keyOf }, { parse, keyOf }],
  ] as const
  const apart = [
    ['with other headers', { headers: { 'X-A': '1' } }, {}],
    ['with header functions', { headers: () => ({}) }, { headers: () => ({}) }],
    ['with other intervals', { interval: 5 }, { interval: 6 }],
    ['with other waits', { wait: 5 }, { wait: 6 }],
    ['with other parse functions', { parse }, { parse: () => [] }],
    ['with and without keyOf', { parse, keyOf }, { parse }],
    ['with other ways to resume', { parse, resumeWith: { query: 'a' } }, { parse, resumeWith: { query: 'b' } }],
    ['that send a body', { parse, body: 'a' }, { parse, body: 'a' }],
  ] as const

  test.each([...shared.map((row) => [...row, 1] as const), ...apart.map((row) => [...row, 2] as const)])(
    'streams %s',
    (_, first, second, connections) => {
      const manager = createStreamManager({ clock: createManualClock() })
      for (const options of [first, second])
        createStream({ transports: [polling(url, options)], manager, autoStart: false, onData: () => {} }).start()
      expect(manager.getActiveConnections()).toHaveLength(connections)
      manager.cleanupAll()
    },
  )
})

describe('a wrong option is refused when the stream is created', () => {
  test.each([
    [{ interval: -1 }, RangeError, 'interval must be number 0..2147483647, got -1'],
    [{ interval: Number.NaN }, RangeError, 'interval must be number 0..2147483647, got NaN'],
    [{ wait: 31 }, RangeError, 'wait must be number 0..30, got 31'],
    [{ parse: 'json' }, TypeError, 'parse must be function, got "json"'],
    [{ parse: () => [], keyOf: 'id' }, TypeError, 'keyOf must be function'],
    [{ intervall: 5 }, TypeError, 'unknown option intervall'],
    [{ credentials: 'yes' }, TypeError, 'credentials must be'],
    [{ method: 'GET', body: 'a' }, TypeError, 'method must allow a body'],
  ])('%o', (options, type, message) => {
    const open = () => createStream({ transports: [polling(url, options as object)] })
    expect(open).toThrow(type)
    expect(open).toThrow(message)
  })

  test('a URL that is none', () => {
    expect(() => createStream({ transports: [polling('ftp://poll.test/')] })).toThrow('url must be http')
  })
})
