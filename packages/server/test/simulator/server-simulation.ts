import { findServerHoles, formatServerCoverage } from './server-coverage.ts'
import { serverMutants } from './server-mutants.ts'
import { simulateServers } from './simulate-servers.ts'

import type { Simulation } from '../../../core/test/simulator/simulations.ts'

/** Several servers on a simulated Redis, with real clients. */
export const serverSimulation: Simulation = {
  play: simulateServers,
  mutants: serverMutants,
  home: 'server',
  describe: (counts) => [formatServerCoverage(counts), ...findServerHoles(counts)].join('\n'),
}
