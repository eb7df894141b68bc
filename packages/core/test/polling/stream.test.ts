import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createStream, createStreamManager } from '../../src/index.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { polling } from '../../src/transports/polling.ts'
import { openPoll } from './open-poll.ts'
import { createPollChannel } from './poll-channel.ts'

import type { ParsedPollingOptions } from '../../src/transports/polling.ts'

const url = 'https://poll.test/events'
const msw = setupServer()

beforeEach(() => msw.listen({ onUnhandledRequest: 'error' }))
afterEach(() => {
  msw.resetHandlers()
  msw.close()
})

type Reply = (query: URLSearchParams, nth: number) => Response | Promise<Response> | undefined

/** A mocked endpoint. `reply` may answer instead of the channel; requests that are held end after 25 s. */
function mock(reply: Reply = () => undefined) {
  const clock = createManualClock()
  const channel = createPollChannel()
  const asked: (readonly [number, string])[] = []
  let inFlight = 0
  let most = 0
  msw.use(
    http.get(url, async ({ request }) => {
      const { searchParams } = new URL(request.url)
      asked.push([clock.now(), decodeURIComponent(searchParams.toString())])
      most = Math.max(most, ++inFlight)
      const wait = Number(searchParams.get('wait')) * 1000
      const held = new Promise<void>((resolve) => {
        const cancel = clock.after(wait, resolve)
        request.signal.addEventListener('abort', () => {
          cancel()
          resolve()
        })
      })
      const own = reply(searchParams, asked.length - 1)
      const response = (await own) ?? HttpResponse.json((await channel.answer(searchParams, held)) as object)
      inFlight--
      return response
    }),
  )
  return { clock, channel, asked, mostAtOnce: () => most }
}

describe('a stream that polls our endpoint', () => {
  test('lives through an hour of silence with one request every 25 s', async () => {
    const { clock, channel, asked, mostAtOnce } = mock()
    const { stream, log, data } = openPoll(url, { clock })
    await clock.advance(3_600_000)
    expect(log).toEqual(['connecting started by polling', 'connected opened by polling'])
    expect(asked.length).toBeLessThanOrEqual(146)
    channel.publish('after an hour')
    await clock.advance(0)
    expect([data, stream.state, mostAtOnce()]).toEqual([['after an hour'], 'connected', 1])
  })

  test('counts a request that hangs as a lost link after two intervals', async () => {
    const { clock, log } = (() => {
      const mocked = mock((query) => (query.has('wait') ? new Promise<never>(() => {}) : undefined))
      return { ...mocked, ...openPoll(url, { clock: mocked.clock }) }
    })()
    await clock.advance(60_099)
    expect(log.at(-1)).toBe('connected opened by polling')
    await clock.advance(1)
    expect(log.slice(2)).toEqual(['error HEARTBEAT retried', 'retrying lost by polling'])
  })

  test('times out while the first request is not answered', async () => {
    const { clock } = mock(() => new Promise<never>(() => {}))
    const { log } = openPoll(url, { clock, timeout: 3000 })
    await clock.advance(3000)
    expect(log.slice(1)).toEqual(['error TIMEOUT retried', 'retrying lost by polling'])
  })

  test('comes back with what it has, after the backoff delay and Retry-After', async () => {
    const { clock, channel, asked } = mock((_, nth) =>
      nth === 2 ? new HttpResponse(null, { status: 503, headers: { 'Retry-After': '9' } }) : undefined,
    )
    const { log } = openPoll(url, { clock, jitter: 0 })
    await clock.advance(500)
    channel.publish(1)
    await clock.advance(0)
    channel.publish(2)
    await clock.advance(20_000)
    expect(log.slice(2)).toEqual([
      'data 1',
      'error HTTP retried',
      'retrying lost by polling',
      'connected opened by polling',
      'data 2',
    ])
    expect(asked.slice(1, 4)).toEqual([
      [100, 'since=life1:0&wait=25'],
      [500, 'since=life1:1&wait=25'],
      [9500, 'since=life1:1'],
    ])
  })

  test('asks no more than the backoff allows of a server that refuses everything', async () => {
    const { clock, asked } = mock(() => new HttpResponse(null, { status: 500 }))
    openPoll(url, { clock })
    await clock.advance(60_000)
    expect(asked.length).toBeLessThanOrEqual(8)
  })

  test('asks for a new position once a second at most, of servers that do not know each other', async () => {
    const { clock, asked } = mock((query, nth) => {
      const own = `node${nth % 2}`
      const since = query.get('since') ?? ''
      const to = `${own}:${nth}`
      return HttpResponse.json({ events: since.startsWith(own) ? [] : [{ type: 'gap', to }], positions: { job: to } })
    })
    openPoll(url, { clock })
    await clock.advance(60_000)
    expect(asked.length).toBeLessThan(63)
  })

  test('holds the server back while its handler is busy', async () => {
    const { clock, channel, asked } = mock()
    let free = () => {}
    const seen: unknown[] = []
    openPoll(url, {
      clock,
      maxBufferedEvents: 10,
      onData(each) {
        seen.push(each)
        return new Promise<void>((resolve) => (free = resolve))
      },
    })
    await clock.advance(100)
    channel.publish(...Array.from({ length: 50 }, (_, n) => n))
    await clock.advance(0)
    const before = asked.length
    for (let n = 0; n < 10; n++) {
      channel.publish(`more ${n}`)
      await clock.advance(60_000)
    }
    expect([seen, asked.length]).toEqual([[0], before])
    for (let n = 0; n < 60; n++) {
      free()
      await clock.advance(1000)
    }
    expect(seen).toHaveLength(60)
  })
})

describe('a token that expires', () => {
  /** An endpoint that takes one token, until the test says another. */
  function guarded() {
    let valid = 'a'
    const tokens: (string | null)[] = []
    const mocked = mock()
    msw.use(
      http.get(url, ({ request }) => {
        const token = request.headers.get('Authorization')
        tokens.push(token)
        return token === valid ? undefined : new HttpResponse(null, { status: 401 })
      }),
    )
    return { ...mocked, tokens, expect: (token: string) => void (valid = token) }
  }

  test('between two polls is refreshed once, and nothing is lost', async () => {
    const server = guarded()
    let token = 'a'
    let refreshed = 0
    const refreshAuth = () => {
      refreshed++
      token = 'b'
    }
    const { clock } = server
    const { data, log } = openPoll(url, { clock, refreshAuth }, { headers: () => ({ Authorization: token }) })
    await clock.advance(200)
    server.channel.publish(1)
    server.expect('b')
    await clock.advance(0)
    server.channel.publish(2)
    await clock.advance(5000)
    expect([data, refreshed]).toEqual([[1, 2], 1])
    expect(server.tokens.filter((each) => each === 'a')).toHaveLength(3)
    expect(log.filter((line) => /gap|final/.test(line))).toEqual([])
  })

  test('trap 31: and is the same after the refresh ends the stream without another request', async () => {
    const server = guarded()
    server.expect('b')
    const { clock } = server
    const { log } = openPoll(url, { clock, refreshAuth: () => {} }, { headers: () => ({ Authorization: 'a' }) })
    await clock.advance(60_000)
    expect(server.tokens).toEqual(['a'])
    expect(log.at(-1)).toBe('error fatal by polling')
  })
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
