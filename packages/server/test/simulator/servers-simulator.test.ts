import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { addCounts } from '../../../core/test/simulator/coverage.ts'
import { findText } from '../../../core/test/simulator/mutate.ts'
import { report } from '../../../core/test/simulator/report.ts'
import { serverFaults } from './server-coverage.ts'
import { serverMutants } from './server-mutants.ts'
import { simulateServers } from './simulate-servers.ts'

const seeds = 160
const perTest = 40
const timeoutMs = 120_000
const home = join(import.meta.dirname, '../..')
const counts: Record<string, number> = {}

describe('several servers on a simulated Redis, with real clients', () => {
  const firsts = Array.from({ length: seeds / perTest }, (_, index) => index * perTest + 1)

  it.each(firsts)(
    `keep every promise for ${perTest} seeds from %d on`,
    async (first) => {
      const reports: string[] = []
      for (let seed = first; seed < first + perTest; seed++) {
        const outcome = await simulateServers(seed)
        addCounts(counts, outcome.coverage)
        if (outcome.failure !== undefined) reports.push(report(outcome, ['--servers']))
      }
      expect(reports.join('\n\n')).toBe('')
    },
    timeoutMs,
  )

  it('meet every fault', () => {
    const met = new Set(Object.keys(counts).map((cell) => cell.split(' × ')[0]))
    expect(serverFaults.filter((fault) => !met.has(fault))).toEqual([])
  })

  it('play the same run for the same seed', async () => {
    const runs = [await simulateServers(7), await simulateServers(7)]
    expect(runs[0]).toEqual(runs[1])
    expect(runs[0]?.links).toBeGreaterThan(0)
  })
})

describe('a mutant', () => {
  it.each(serverMutants)('has its place in the source: $name', ({ file, find }) =>
    expect(findText(file, find, home)).toBe(1),
  )
})
