import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { abTest, createABTestResultsEvent } from './ab-test.ts'

import type { ABTestVariant } from './ab-test.ts'

const at = '2026-01-01T00:00:00.000Z'
const a = { id: 'a', clicks: 10, impressions: 100, ctr: 0.1, conversions: 1, confidence: 0.6 }
const b = { ...a, id: 'b', clicks: 20, ctr: 0.2, confidence: 0.97 }
const event = (variants: readonly unknown[], winner?: unknown) => ({
  ...createABTestResultsEvent({ testId: 't1', variants: [] }, at),
  variants,
  winner,
})

describe('abTest', () => {
  it('shows the variants, and the winner once there is one', () => {
    expect(abTest.initial).toEqual({ variants: [] })
    expect(reduceAll(abTest, [event([a]), event([a, b], null), event([a, b], 'b')])).toEqual([
      { variants: [a] },
      { variants: [a, b] },
      { variants: [a, b], winner: 'b' },
    ])
  })

  it('stays the same object for equal results', () => {
    const [once, twice] = reduceAll(abTest, [event([a, b], 'b'), event([{ ...a }, { ...b }], 'b')])
    expect(twice).toBe(once)
  })

  it('takes nothing of an event with a malformed variant or winner', () => {
    const bad = [
      event([a, null]),
      event([a, { ...b, ctr: '0.2' }]),
      event([a, { ...b, id: 2 }]),
      event([a], 7),
      event({} as never),
    ]
    expect(reduceAll(abTest, bad).every((state) => state === abTest.initial)).toBe(true)
  })

  it('holds the first 100 variants', () => {
    const many = Array.from({ length: 150 }, (_, n) => ({ ...a, id: `v${n}` }))
    const [state] = reduceAll(abTest, [event(many)])
    expect(state?.variants.map(({ id }) => id)).toEqual(many.slice(0, 100).map(({ id }) => id))
  })

  it('has a place and a channel', () => {
    expect(abTest.path({ testId: 't1' })).toBe('/api/stream/ab-test-results/t1')
    expect(abTest.channel?.({ testId: 't1' })).toEqual({ type: 'ab_test_results', id: 't1' })
  })

  it('is typed', () => {
    expectTypeOf(abTest.initial.variants).toEqualTypeOf<readonly ABTestVariant[]>()
    // @ts-expect-error a variant has more to it
    createABTestResultsEvent({ testId: 't1', variants: [{ id: 'a' }] })
  })
})
