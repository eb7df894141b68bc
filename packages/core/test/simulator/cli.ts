import { parseArgs } from 'node:util'

import { addCounts, findHoles, formatCoverage } from './coverage.ts'
import { huntAll } from './mutate.ts'
import { mutants } from './mutants.ts'
import { report } from './report.ts'
import { simulate } from './simulate.ts'
import { simulateChannels } from './channels/simulate-channels.ts'
import { channelMutants } from './channels/channel-mutants.ts'
import { simulateTabs } from './tabs/simulate-tabs.ts'
import { tabMutants } from './tabs/tab-mutants.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    from: { type: 'string' },
    trace: { type: 'boolean' },
    bail: { type: 'boolean' },
    mutants: { type: 'boolean' },
    only: { type: 'string' },
    tabs: { type: 'boolean' },
    channels: { type: 'boolean' },
  },
})

const first = Number(values.seed ?? values.from ?? 1)
const count = values.seed === undefined ? Number(values.seeds ?? 2000) : 1
if (![first, count].every(Number.isInteger) || count < 1) {
  console.error(
    'usage: npm run simulate -- [--seeds N [--from N]] [--seed N] [--trace] [--bail] [--mutants [--only NAME]] [--tabs | --channels]',
  )
  process.exit(2)
}

const play = values.tabs ? simulateTabs : values.channels ? simulateChannels : simulate

async function run(): Promise<boolean> {
  const startedAt = Date.now()
  const counts: Record<string, number> = {}
  let done = 0
  let failed = 0
  let events = 0
  let links = 0
  for (let seed = first; seed < first + count && !(values.bail && failed > 0); seed++) {
    const outcome = await play(seed)
    done++
    events += outcome.events
    links += outcome.links
    addCounts(counts, outcome.coverage)
    if (values.trace) console.log(outcome.lines.join('\n'))
    if (outcome.failure === undefined) continue
    failed++
    console.error(report(outcome))
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  if (values.tabs || values.channels) console.log(counts)
  else if (values.seed === undefined) {
    console.log(formatCoverage(counts))
    for (const hole of findHoles(counts)) console.log(hole)
  }
  console.log(`${done} runs, ${failed} failed; ${events} events over ${links} links in ${seconds} s`)
  return failed === 0
}

const chosen = (values.tabs ? tabMutants : values.channels ? channelMutants : mutants).filter(
  ({ name }) => values.only === undefined || name.includes(values.only),
)
process.exitCode = (await (values.mutants
  ? huntAll(chosen, count, values.tabs ? ['--tabs'] : values.channels ? ['--channels'] : [])
  : run()))
  ? 0
  : 1
