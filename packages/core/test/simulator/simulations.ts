import { findHoles, formatCoverage } from './coverage.ts'
import { channelMutants } from './channels/channel-mutants.ts'
import { simulateChannels } from './channels/simulate-channels.ts'
import { mutants } from './mutants.ts'
import { simulate } from './simulate.ts'
import { tabMutants } from './tabs/tab-mutants.ts'
import { simulateTabs } from './tabs/simulate-tabs.ts'

import type { Mutant } from './mutants.ts'
import type { SimulationName } from './run-cli.ts'
import type { Outcome } from './simulate.ts'

/** Something that can be played from a seed, and the faults that it has to find. */
export interface Simulation {
  readonly play: (seed: number) => Promise<Outcome>
  readonly mutants: readonly Mutant[]
  /** The package whose sources they are planted in. */
  readonly home: 'core' | 'server'
  /** What the runs have met, in words. */
  readonly describe: (counts: Readonly<Record<string, number>>) => string
}

const asList = (counts: Readonly<Record<string, number>>) => JSON.stringify(counts, undefined, 2)

/** @param name left out: the client alone */
export async function loadSimulation(name: SimulationName | undefined): Promise<Simulation> {
  if (name === 'tabs') return { play: simulateTabs, mutants: tabMutants, home: 'core', describe: asList }
  if (name === 'channels') return { play: simulateChannels, mutants: channelMutants, home: 'core', describe: asList }
  if (name === 'servers') {
    // Only here: what else is simulated does without the server.
    const { serverSimulation } = await import('../../../server/test/simulator/server-simulation.ts')
    return serverSimulation
  }
  const describe = (counts: Readonly<Record<string, number>>) =>
    [formatCoverage(counts), ...findHoles(counts)].join('\n')
  return { play: simulate, mutants, home: 'core', describe }
}
