import { describe, expect, it } from 'vitest'

import { testMutants, testRuns } from '../test-runs.ts'
import { simulateTabs } from './simulate-tabs.ts'
import { tabMutants } from './tab-mutants.ts'
import { tabFaults, tabWorlds } from './tab-scenario.ts'

describe('tabs that share, with a simulated browser and server', () => {
  const counts = testRuns(simulateTabs, { seeds: 300, perTest: 50, args: ['--tabs'] })

  it('every fault is met', () => expect(Object.keys(counts).sort()).toEqual([...tabFaults, ...tabWorlds].sort()))
})

testMutants(tabMutants)
