import { describe, expect, it, vi } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { openScripted } from '../support/open-scripted.ts'

import type { ManualClock } from '../../src/testing/index.ts'

/** Settles after so many virtual milliseconds. */
const later = (clock: ManualClock, ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve))

describe('refused credentials', () => {
  it('without refreshAuth are the end, at once', async () => {
    const { server, clock, log, dials } = openScripted()
    server.respond(401)
    await clock.advance(600_000)
    expect([log, dials]).toEqual([['connecting started', 'error UNAUTHORIZED final', 'error fatal'], [0]])
  })

  it('are refreshed, without an error and without a wait', async () => {
    const { server, clock, log, dials } = openScripted({ refreshAuth: () => {} })
    server.respond(401)
    await clock.advance(0)
    expect([log, dials]).toEqual([
      ['connecting started', 'connecting refreshing', 'connected opened'],
      [0, 0],
    ])
  })

  it('are refreshed in mid-stream, and no event is lost', async () => {
    const refreshAuth = vi.fn()
    const { server, clock, log, stream } = openScripted({ refreshAuth, jitter: 0 })
    await clock.advance(0)
    server.connection(0).connected({ id: 'a:0' })
    server.connection(0).push({ id: 'a:1', data: 1 })
    server.connection(0).drop()
    server.respond(401)
    await clock.advance(1000)
    server.connection(1).connected({ id: 'a:1' })
    server.connection(1).push({ id: 'a:2', data: 2 })
    await clock.advance(0)
    expect(log).toEqual([
      'connecting started',
      'connected opened',
      'data 1',
      'error NETWORK retried',
      'retrying lost',
      'retrying refreshing',
      'connected opened',
      'data 2',
    ])
    expect([
      server.requests.map(({ lastEventId }) => lastEventId),
      refreshAuth.mock.calls.length,
      stream.state,
    ]).toEqual([[undefined, 'a:1', 'a:1'], 1, 'connected'])
  })

  it('trap 32: of twenty streams are refreshed once', async () => {
    const clock = createManualClock()
    const refreshAuth = vi.fn(() => later(clock, 100))
    const opened = Array.from({ length: 20 }, () => openScripted({ refreshAuth }, { clock }))
    for (const { server } of opened) server.respond(401)
    await clock.advance(99)
    expect(opened.map(({ log }) => log.at(-1))).toEqual(Array(20).fill('connecting refreshing'))
    await clock.advance(1)
    expect(refreshAuth).toHaveBeenCalledOnce()
    for (const { log } of opened)
      expect(log).toEqual(['connecting started', 'connecting refreshing', 'connected opened'])
  })

  it('trap 32: that were shown before a refresh are not refreshed again', async () => {
    const clock = createManualClock()
    const refreshAuth = vi.fn(() => later(clock, 100))
    const quick = openScripted({ refreshAuth }, { clock })
    quick.server.respond(401)
    await clock.advance(50)
    // Dialled while the refresh is under way, and refused when it is over.
    let asked = 0
    const slow = openScripted(
      {
        refreshAuth,
        fetch: async (input, init) => {
          if (asked++) return slow.server.fetch(input, init)
          await later(clock, 100)
          return new Response(null, { status: 401 })
        },
      },
      { clock },
    )
    await clock.advance(200)
    expect([refreshAuth.mock.calls.length, asked]).toEqual([1, 2])
    expect(slow.log).toEqual(['connecting started', 'connecting refreshing', 'connected opened'])
  })

  it.each<[string, number, string]>([
    ['that has lasted are refreshed anew', 5000, 'retrying refreshing'],
    ['that has not lasted are the end: they may be refused each time', 4999, 'error UNAUTHORIZED final'],
  ])('on the way back from a link %s', async (_, lastedMs, next) => {
    const refreshAuth = vi.fn()
    const { server, clock, log } = openScripted({ refreshAuth, jitter: 0 })
    server.respond(401)
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 1 })
    await clock.advance(lastedMs)
    server.connection(0).drop()
    server.respond(401)
    await clock.advance(1000)
    expect(log.slice(2)).toEqual([
      'connected opened',
      'data 1',
      'error NETWORK retried',
      'retrying lost',
      next,
      next.startsWith('error') ? 'error fatal' : 'connected opened',
    ])
    expect(refreshAuth).toHaveBeenCalledTimes(next.startsWith('error') ? 1 : 2)
  })

  it('403 is not refreshed', async () => {
    const refreshAuth = vi.fn()
    const { server, clock, log } = openScripted({ refreshAuth })
    server.respond(403)
    await clock.advance(60_000)
    expect([log, refreshAuth.mock.calls.length]).toEqual([['connecting started', 'error HTTP final', 'error fatal'], 0])
  })
})

describe('a refresh', () => {
  it.each<[string, () => unknown]>([
    ['rejects', () => Promise.reject(new Error('no more'))],
    [
      'throws',
      () => {
        throw new Error('no more')
      },
    ],
  ])('that %s is a failed attempt, and is asked for again at the next one', async (_, fail) => {
    const refreshAuth = vi.fn(fail).mockImplementationOnce(fail)
    const { server, clock, log, errors, dials } = openScripted({ refreshAuth, jitter: 0, maxRetries: 2 })
    server.respond(401)
    await clock.advance(2999)
    refreshAuth.mockImplementation(() => {})
    await clock.advance(1)
    expect(log).toEqual([
      'connecting started',
      'connecting refreshing',
      'error UNAUTHORIZED retried',
      'retrying lost',
      'error UNAUTHORIZED retried',
      'retrying lost',
      'connected opened',
    ])
    expect(errors.map(({ message }) => message)).toEqual(Array(2).fill('refreshAuth failed: no more'))
    expect([dials, refreshAuth.mock.calls.length]).toEqual([[0, 3000], 3])
  })

  it('that keeps failing is the end after maxRetries, for each of those who wait for it', async () => {
    const clock = createManualClock()
    const refreshAuth = vi.fn(() => later(clock, 100).then(() => Promise.reject(new Error('no more'))))
    const opened = Array.from({ length: 5 }, () => openScripted({ refreshAuth, maxRetries: 1 }, { clock }))
    for (const { server } of opened) server.respond(401)
    await clock.advance(60_000)
    expect(opened.map(({ told }) => told('error'))).toEqual(
      Array(5).fill(['UNAUTHORIZED retried', 'UNAUTHORIZED final', 'max-retries']),
    )
    expect(refreshAuth).toHaveBeenCalledTimes(2)
  })

  it('that never settles is a failed attempt, and another one is asked for at the next', async () => {
    const never = () => new Promise<never>(() => {})
    const refreshAuth = vi.fn<() => unknown>(never).mockImplementationOnce(never)
    const { server, clock, log, dials } = openScripted({ refreshAuth, jitter: 0, maxRetries: 2, timeout: 5000 })
    server.respond(401)
    await clock.advance(11_999)
    expect(log.slice(2)).toEqual(['error TIMEOUT retried', 'retrying lost', 'error TIMEOUT retried', 'retrying lost'])
    refreshAuth.mockImplementation(() => {})
    await clock.advance(1001)
    expect(log.slice(6)).toEqual(['connected opened'])
    expect([dials, refreshAuth.mock.calls.length]).toEqual([[0, 13_000], 3])
  })

  it('trap 31: that brings the same token again is one error, and no loop', async () => {
    const refreshAuth = vi.fn()
    const { server, clock, log, dials } = openScripted({ refreshAuth, headers: () => ({ Authorization: 'old' }) })
    server.respond(401, { times: 100 })
    await clock.advance(600_000)
    expect(log).toEqual(['connecting started', 'connecting refreshing', 'error UNAUTHORIZED final', 'error fatal'])
    expect([dials, refreshAuth.mock.calls.length]).toEqual([[0], 1])
  })

  it('trap 31: of what cannot be seen is tried once, and no more', async () => {
    const refreshAuth = vi.fn()
    const { server, clock, log, dials } = openScripted({ refreshAuth })
    server.respond(401, { times: 100 })
    await clock.advance(600_000)
    expect(log).toEqual(['connecting started', 'connecting refreshing', 'error UNAUTHORIZED final', 'error fatal'])
    expect([dials, refreshAuth.mock.calls.length]).toEqual([[0, 0], 1])
  })

  it('is asked for again after start()', async () => {
    let token = 'old'
    const refreshAuth = vi.fn()
    const { server, clock, log, stream, inits } = openScripted({
      refreshAuth,
      headers: () => ({ Authorization: token }),
    })
    server.respond(401)
    await clock.advance(1000)
    expect(stream.state).toBe('error')
    refreshAuth.mockImplementation(() => void (token = 'new'))
    server.respond(401)
    stream.start()
    await clock.advance(0)
    expect(log.slice(4)).toEqual(['connecting started', 'connecting refreshing', 'connected opened'])
    expect(inits.map(({ headers }) => new Headers(headers).get('Authorization'))).toEqual(['old', 'old', 'new'])
    expect(refreshAuth).toHaveBeenCalledTimes(2)
  })

  it('is given up by close(), and nothing is dialled when it is over', async () => {
    const clock = createManualClock()
    const { server, log, stream, dials } = openScripted({ refreshAuth: () => later(clock, 1000) }, { clock })
    server.respond(401)
    await clock.advance(500)
    stream.close()
    await clock.advance(60_000)
    expect([log.at(-1), dials, clock.pending]).toEqual(['disconnected closed', [0], 0])
  })
})

it('streams that share a connection share its refresh', async () => {
  const clock = createManualClock()
  const refreshAuth = vi.fn()
  const { server } = openScripted({ autoStart: false }, { clock })
  server.respond(401)
  const manager = createStreamManager()
  const logs: string[][] = [[], []]
  for (const log of logs)
    createEnhancedSSEStream(
      'http://stream.test/shared',
      { onData: (data) => void log.push(`data ${String(data)}`), onStateChange: ({ reason }) => void log.push(reason) },
      { manager, clock, refreshAuth, fetch: server.fetch },
    )
  await clock.advance(0)
  server.connection(0).push(1)
  await clock.advance(0)
  expect(logs).toEqual([
    ['started', 'refreshing', 'opened', 'data 1'],
    ['joined', 'refreshing', 'opened', 'data 1'],
  ])
  expect([refreshAuth.mock.calls.length, server.requests.length]).toEqual([1, 2])
  manager.cleanupAll()
})
