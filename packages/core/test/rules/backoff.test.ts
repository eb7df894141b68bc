import { describe, expect, it } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { openScripted } from '../support/open-scripted.ts'

const minute = 60_000
const noJitter = { maxRetries: Infinity, jitter: 0 }

/** The waits between the dials of a stream whose server cannot be reached. */
async function waitsOf(config: Parameters<typeof openScripted>[0], random = 0.5): Promise<number[]> {
  const clock = createManualClock({ random: () => random })
  const { server, dials } = openScripted({ maxRetries: Infinity, ...config }, { clock })
  server.refuse(1000)
  await clock.advance(3 * minute)
  return dials.slice(1, 8).map((at, index) => at - (dials[index] ?? 0))
}

describe('backoff', () => {
  it('doubles the window at each attempt up to maxRetryDelay', async () => {
    expect(await waitsOf({ jitter: 0 })).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('adds up to one window of jitter, for which the cap leaves room', async () => {
    expect(await waitsOf({}, 0)).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
    expect(await waitsOf({}, 0.5)).toEqual([1500, 3000, 6000, 12_000, 22_500, 22_500, 22_500])
    const longest = await waitsOf({}, 0.999999)
    expect(longest.map((ms) => Math.round(ms))).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    expect(Math.max(...longest)).toBeLessThanOrEqual(30_000)
  })

  it('scales the jitter by its option', async () => {
    expect((await waitsOf({ jitter: 0.2 })).slice(0, 3)).toEqual([1100, 2200, 4400])
  })

  it('takes the base from retryDelay and the longest wait from maxRetryDelay', async () => {
    expect(await waitsOf({ jitter: 0, retryDelay: 3000, maxRetryDelay: 10_000 })).toEqual([
      3000, 6000, 10_000, 10_000, 10_000, 10_000, 10_000,
    ])
  })

  it('never waits less than minRetryDelay, nor more than maxRetryDelay where that is shorter', async () => {
    expect((await waitsOf({ jitter: 0, retryDelay: 0 })).slice(0, 3)).toEqual([200, 400, 800])
    expect((await waitsOf({ jitter: 0, retryDelay: 0, minRetryDelay: 500 })).slice(0, 2)).toEqual([500, 1000])
    expect((await waitsOf({ jitter: 0, retryDelay: 5, minRetryDelay: 5, maxRetryDelay: 20 })).slice(0, 4)).toEqual([
      5, 10, 20, 20,
    ])
  })

  it('tells each wait with the change of state, and dials then and not before', async () => {
    const waits: unknown[] = []
    const { server, dials, clock } = openScripted(
      {},
      { handlers: { onStateChange: ({ state, attempt, retryInMs }) => void waits.push([state, attempt, retryInMs]) } },
    )
    server.refuse(2)
    await clock.advance(1499)
    expect(dials).toEqual([0])
    await clock.advance(1)
    expect(dials).toEqual([0, 1500])
    await clock.advance(2999)
    expect(dials).toEqual([0, 1500])
    await clock.advance(1)
    expect(dials).toEqual([0, 1500, 4500])
    expect(waits).toEqual([
      ['connecting', 0, undefined],
      ['retrying', 1, 1500],
      ['retrying', 2, 3000],
      ['connected', 2, undefined],
    ])
  })

  it('trap 26: draws a new random number for each wait, and only when it waits', async () => {
    let draws = 0
    const clock = createManualClock({ random: () => [0.1, 0.9, 0.4][draws++ % 3] ?? 0 })
    const { server, dials } = openScripted({}, { clock })
    expect(draws).toBe(0)
    server.refuse(3)
    await clock.advance(minute)
    expect(draws).toBe(3)
    expect(dials).toEqual([0, 1100, 1100 + 3800, 1100 + 3800 + 5600])
  })

  it('trap 27: never dials without a wait again, not after a clean end, a refusal or a flap', async () => {
    const { server, dials, clock } = openScripted(noJitter)
    server.flap(1)
    server.refuse(1)
    server.respond(503)
    await clock.advance(0)
    expect(dials).toEqual([0])
    await clock.advance(7000)
    expect(dials).toEqual([0, 1000, 3000, 7000])
  })

  it('trap 28: dials once for a link that fails twice', async () => {
    const { server, dials, clock } = openScripted(noJitter)
    await clock.advance(0)
    const connection = server.connection(0)
    // Both tell of the same link's end: the close message and the cut that follows it.
    connection.raw('event: steadystream.close\ndata: {"code":3000,"reason":"x","reconnect":true}\n\n')
    connection.drop()
    await clock.advance(minute)
    expect(dials).toEqual([0, 1000])
  })
})

describe('the retry: field', () => {
  it('replaces retryDelay until the server changes it, also for later links', async () => {
    const { server, dials, clock } = openScripted(noJitter)
    await clock.advance(0)
    server.connection(0).raw('retry: 5000\nid: 1\ndata: 1\n\n')
    server.connection(0).end()
    await clock.advance(5000)
    server.connection(1).push({ id: '2', data: 2 })
    server.connection(1).end()
    await clock.advance(5000)
    server.connection(2).raw('retry: 700\nid: 3\ndata: 3\n\n')
    server.connection(2).end()
    await clock.advance(700)
    expect(dials).toEqual([0, 5000, 10_000, 10_700])
  })

  it('trap 6: is held between minRetryDelay and maxRetryDelay', async () => {
    const { server, dials, clock } = openScripted(noJitter)
    for (const [n, told] of ['0', '1', '99999999999999999999'].entries()) {
      await clock.advance(30_000)
      server.connection(n).raw(`retry: ${told}\nid: ${n}\ndata: ${n}\n\n`)
      server.connection(n).end()
    }
    await clock.advance(minute)
    expect(dials).toEqual([0, 30_200, 60_200, 120_000])
  })
})

describe('Retry-After', () => {
  it('is a floor with the jitter on top, and binds one wait', async () => {
    const { server, dials, clock } = openScripted()
    server.respond(503, { headers: { 'Retry-After': '10' } })
    server.respond(503)
    await clock.advance(minute)
    expect(dials).toEqual([0, 10_500, 10_500 + 3000])
  })

  it('may be a date', async () => {
    const clock = createManualClock({ wallNow: Date.parse('Thu, 01 Jan 2026 00:00:00 GMT') })
    const { server, dials } = openScripted({ jitter: 0 }, { clock })
    server.respond(429, { headers: { 'Retry-After': 'Thu, 01 Jan 2026 00:00:42 GMT' } })
    await clock.advance(minute)
    expect(dials).toEqual([0, 42_000])
  })

  it('is ignored where it is garbage, in the past or shorter than the window', async () => {
    for (const told of ['soon', '-5', '0', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
      const { server, dials, clock } = openScripted({ jitter: 0 })
      server.respond(503, { headers: { 'Retry-After': told } })
      await clock.advance(minute)
      expect(dials, told).toEqual([0, 1000])
    }
  })

  it('is at most one hour', async () => {
    const { server, dials, clock } = openScripted({ jitter: 0 })
    server.respond(503, { headers: { 'Retry-After': '999999999' } })
    await clock.advance(61 * minute)
    expect(dials).toEqual([0, 3_600_000])
  })
})
