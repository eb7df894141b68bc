import { runCli } from './run-cli.ts'
import { loadSimulation } from './simulations.ts'

await runCli(loadSimulation)
