import fc from 'fast-check'
import { expect, it } from 'vitest'

import { backoffDelay, retryAfterMs } from './backoff.ts'

const usual = { baseMs: 1000, maxMs: 30_000, jitter: 1 }

it('doubles the window until jitter still fits under the maximum', () => {
  const delays = [0, 1, 2, 3, 4, 5, 2000].map((attempt) => backoffDelay(attempt, usual, () => 0.5))
  expect(delays).toEqual([1500, 3000, 6000, 12_000, 22_500, 22_500, 22_500])
})

it('is exact without jitter', () => {
  expect([0, 1, 9].map((attempt) => backoffDelay(attempt, { ...usual, jitter: 0 }, () => 0.9))).toEqual([
    1000, 2000, 30_000,
  ])
})

it('takes a server-told wait as a floor, with the jitter on top', () => {
  expect(backoffDelay(0, { ...usual, retryAfterMs: 60_000 }, () => 0.5)).toBe(60_500)
})

it('stays between the window and the maximum, whatever the options', () => {
  const options = fc.record({
    attempt: fc.nat(2000),
    baseMs: fc.nat(2 ** 31),
    maxMs: fc.nat(2 ** 31 - 1),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    chance: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  })
  fc.assert(
    fc.property(options, ({ attempt, chance, ...backoff }) => {
      const delay = backoffDelay(attempt, backoff, () => chance)
      const shortest = Math.min(backoff.baseMs * 2 ** Math.min(attempt, 31), backoff.maxMs / (1 + backoff.jitter))
      expect(delay).toBeGreaterThanOrEqual(shortest)
      expect(delay).toBeLessThanOrEqual(backoff.maxMs * (1 + 1e-9))
    }),
  )
})

it.each([
  ['2', 2000],
  [' 0 ', 0],
  ['86400', 3_600_000],
  ['Thu, 01 Jan 1970 00:01:40 GMT', 99_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
  ['-5', undefined],
])('reads Retry-After %j as %j milliseconds', (header, ms) => {
  expect(retryAfterMs(header, 1000)).toBe(ms)
})
