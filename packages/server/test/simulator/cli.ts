import { runCli } from '../../../core/test/simulator/run-cli.ts'
import { serverSimulation } from './server-simulation.ts'

// `npm run simulate -- --servers` is the same; this one is beside the sources that mutants are planted in.
await runCli(async () => serverSimulation)
