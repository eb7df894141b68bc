import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { testMutants, testRuns } from '../../../core/test/simulator/test-runs.ts'
import { serverFaults } from './server-coverage.ts'
import { serverMutants } from './server-mutants.ts'
import { simulateServers } from './simulate-servers.ts'

describe('several servers on a simulated Redis, with real clients', () => {
  const counts = testRuns(simulateServers, { seeds: 160, perTest: 40, args: ['--servers'] })

  it('every fault is met', () => {
    const met = new Set(Object.keys(counts).map((cell) => cell.split(' × ')[0]))
    expect(serverFaults.filter((fault) => !met.has(fault))).toEqual([])
  })
})

testMutants(serverMutants, join(import.meta.dirname, '../..'))
