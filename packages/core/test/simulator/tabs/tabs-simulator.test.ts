import { describe, expect, it } from 'vitest'

import { addCounts } from '../coverage.ts'
import { findText } from '../mutate.ts'
import { report } from '../report.ts'
import { simulateTabs } from './simulate-tabs.ts'
import { tabMutants } from './tab-mutants.ts'
import { tabFaults, tabWorlds } from './tab-scenario.ts'

const seeds = 300
const perTest = 50
const timeoutMs = 120_000
const counts: Record<string, number> = {}

describe('tabs that share, with a simulated browser and server', () => {
  const firsts = Array.from({ length: seeds / perTest }, (_, index) => index * perTest + 1)

  it.each(firsts)(
    `keep every promise for ${perTest} seeds from %d on`,
    async (first) => {
      const reports: string[] = []
      for (let seed = first; seed < first + perTest; seed++) {
        const outcome = await simulateTabs(seed)
        addCounts(counts, outcome.coverage)
        if (outcome.failure !== undefined) reports.push(report(outcome))
      }
      expect(reports.join('\n\n')).toBe('')
    },
    timeoutMs,
  )

  it('meet every fault', () => expect(Object.keys(counts).sort()).toEqual([...tabFaults, ...tabWorlds].sort()))

  it('play the same run for the same seed', async () => {
    const runs = [await simulateTabs(7), await simulateTabs(7)]
    expect(runs[0]).toEqual(runs[1])
    expect(runs[0]?.links).toBeGreaterThan(0)
  })
})

describe('a mutant', () => {
  it.each(tabMutants)('has its place in the source: $name', ({ file, find }) => expect(findText(file, find)).toBe(1))
})
