import { benches } from './benches.ts'
import { bundleProcesses } from './bundle.ts'
import { report } from './report.ts'
import { runRounds } from './rounds.ts'

import type { Schedule } from './bench.ts'

const args = process.argv.slice(2)
const isQuick = args.includes('--quick')
/** Names of benches, or beginnings of them; all of them where there are none. */
const wanted = args.filter((arg) => !arg.startsWith('--'))
const full: Schedule = { warmUps: 2, rounds: 11, budgetMs: 40_000, atLeast: 7 }
const quick = { rounds: 3, budgetMs: 3000, atLeast: 1 }

/** Files and sockets that a process may open. */
const descriptors = openFiles()
const program = await bundleProcesses()
console.log('Side by side, round by round. A ratio below 1: Steadystream takes less than the peer.\n')
const missed: string[] = []
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.some((one) => name === one || (!(one in benches) && name.startsWith(one)))) continue
  if ((bench.descriptors ?? 0) > descriptors) {
    missed.push(`${bench.title}: NOT MEASURED, a process may open ${descriptors} files here; raise it with ulimit -n`)
    console.log(`${missed.at(-1)}\n`)
    continue
  }
  const planned = { ...full, ...bench.schedule, ...(isQuick && quick) }
  const series = await runRounds(program, name, Object.keys(bench.contenders), planned, bench.isFresh ?? false)
  const result = report(bench, series)
  console.log(`${result.text}\n`)
  missed.push(...result.missed)
}
console.log(
  missed.length === 0 ? 'every goal is met' : `goals missed:\n${missed.map((line) => `  ${line}`).join('\n')}`,
)

function openFiles(): number {
  // What Node tells of the limits of its process, it tells in its report alone.
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | 'unlimited' } } }
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Infinity
}
