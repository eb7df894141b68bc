import { describe, expect, it } from 'vitest'
import { alwaysValidP } from './sequential-test.ts'

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Looks a hundred times at two variants as they grow, and says whether either test ever saw a difference. */
function lookOften(rateA: number, rateB: number, random: () => number): { sequential: boolean; fixed: boolean } {
  const [a, b] = [
    { trials: 0, successes: 0 },
    { trials: 0, successes: 0 },
  ]
  let sequential = false
  let fixed = false
  for (let look = 0; look < 100; look++) {
    for (let visitor = 0; visitor < 100; visitor++) {
      a.trials += 1
      b.trials += 1
      if (random() < rateA) a.successes += 1
      if (random() < rateB) b.successes += 1
    }
    sequential ||= alwaysValidP(a, b) < 0.05
    const pooled = (a.successes + b.successes) / (a.trials + b.trials)
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / a.trials + 1 / b.trials))
    fixed ||= Math.abs(b.successes / b.trials - a.successes / a.trials) > 1.96 * deviation
  }
  return { sequential, fixed }
}

describe('the sequential test', () => {
  it('is wrong about equal variants in fewer than one of twenty cases, however often it is looked at', () => {
    const runs = Array.from({ length: 200 }, (_, seed) => lookOften(0.03, 0.03, seeded(seed + 1)))
    const share = (name: 'sequential' | 'fixed') => runs.filter((run) => run[name]).length / runs.length
    expect(share('sequential')).toBeLessThan(0.05)
    // The usual test, looked at as often, is what it is here instead of.
    expect(share('fixed')).toBeGreaterThan(0.2)
  })

  it('finds a difference that is there', () => {
    const runs = Array.from({ length: 40 }, (_, seed) => lookOften(0.03, 0.045, seeded(seed + 1)))
    expect(runs.filter(({ sequential }) => sequential).length).toBeGreaterThan(32)
  })

  it('says nothing on a handful of clicks, and is the same from both sides', () => {
    expect(alwaysValidP({ trials: 100, successes: 9 }, { trials: 100, successes: 90 })).toBe(1)
    const [a, b] = [
      { trials: 4000, successes: 120 },
      { trials: 4000, successes: 200 },
    ]
    expect(alwaysValidP(a, b)).toBe(alwaysValidP(b, a))
    expect(alwaysValidP(a, b)).toBeLessThan(0.01)
  })
})
