import { benches } from './benches.ts'
import { bundleProcesses } from './bundle.ts'
import { formatReport } from './report.ts'
import { runRounds } from './rounds.ts'

const schedule = { warmUps: 2, rounds: 11, budgetMs: 20_000 }

// Whatever hangs: the children end with this process.
setTimeout(() => {
  console.error('the benches took longer than two minutes and were given up')
  process.exit(1)
}, 118_000).unref()

const program = await bundleProcesses()
console.log('CPU time in one run, side by side. Below 1: Steadystream takes less than the peer.\n')
for (const [name, bench] of Object.entries(benches)) {
  const series = await runRounds(program, name, Object.keys(bench.contenders), schedule)
  console.log(`${formatReport(bench, series)}\n`)
}
