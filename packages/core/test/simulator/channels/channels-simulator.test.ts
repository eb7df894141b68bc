import { describe, expect, it } from 'vitest'

import { testMutants, testRuns } from '../test-runs.ts'
import { channelMutants } from './channel-mutants.ts'
import { channelFaults } from './channel-scenario.ts'
import { simulateChannels } from './simulate-channels.ts'

describe('many channels over one connection, with a simulated server', () => {
  const counts = testRuns(simulateChannels, { seeds: 300, perTest: 50, args: ['--channels'] })

  it('every fault is met', () => expect(Object.keys(counts).sort()).toEqual([...channelFaults].sort()))
})

testMutants(channelMutants)
