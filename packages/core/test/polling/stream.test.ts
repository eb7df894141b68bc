import { http, HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { mock, msw, url } from './mock-polls.ts'
import { openPoll } from './open-poll.ts'

beforeEach(() => msw.listen({ onUnhandledRequest: 'error' }))

afterEach(() => {
  msw.resetHandlers()
  msw.close()
})

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
