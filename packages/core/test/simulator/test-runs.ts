import { describe, expect, it } from 'vitest'

import { addCounts } from './coverage.ts'
import { findText } from './mutate.ts'
import { report } from './report.ts'

import type { Mutant } from './mutants.ts'
import type { Outcome } from './simulate.ts'

type Play = (seed: number) => Promise<Outcome>

interface Runs {
  readonly seeds: number
  readonly perTest: number
  /** What the command line needs to see one of them again, besides its seed. */
  readonly args?: readonly string[]
}

const timeoutMs = 120_000

/** Tests of runs from seed 1 on: that each keeps every promise, and that it can be seen again. @returns what they meet */
export function testRuns(play: Play, { seeds, perTest, args = [] }: Runs): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  const firsts = Array.from({ length: seeds / perTest }, (_, index) => index * perTest + 1)

  it.each(firsts)(
    `every promise is kept for ${perTest} seeds from %d on`,
    async (first) => {
      const reports: string[] = []
      for (let seed = first; seed < first + perTest; seed++) {
        const outcome = await play(seed)
        addCounts(counts, outcome.coverage)
        if (outcome.failure !== undefined) reports.push(report(outcome, args))
      }
      expect(reports.join('\n\n')).toBe('')
    },
    timeoutMs,
  )

  it('the same seed is the same run', async () => {
    const runs = [await play(7), await play(7)]
    expect(runs[0]).toEqual(runs[1])
    expect(runs[0]?.links).toBeGreaterThan(0)
  })

  return counts
}

/** @param home the folder of the package that they are planted in, unless it is the client's */
export function testMutants(mutants: readonly Mutant[], home?: string): void {
  describe('a mutant', () => {
    it.each(mutants)('has its place in the source: $name', ({ file, find }) =>
      expect(findText(file, find, home)).toBe(1),
    )
  })
}
