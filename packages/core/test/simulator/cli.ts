import { parseArgs } from 'node:util'

import { report } from './report.ts'
import { simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    from: { type: 'string' },
    trace: { type: 'boolean' },
  },
})

const first = Number(values.seed ?? values.from ?? 1)
const count = values.seed === undefined ? Number(values.seeds ?? 500) : 1
if (![first, count].every(Number.isInteger) || count < 1) {
  console.error('usage: npm run simulate -- [--seeds N [--from N]] [--seed N] [--trace]')
  process.exit(2)
}

const startedAt = Date.now()
let failed = 0
let events = 0
let links = 0
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed)
  events += outcome.events
  links += outcome.links
  if (values.trace) console.log(outcome.lines.join('\n'))
  if (outcome.failure === undefined) continue
  failed++
  console.error(report(outcome))
}
const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
console.log(`${count} runs, ${failed} failed; ${events} events over ${links} links in ${seconds} s`)
process.exitCode = failed > 0 ? 1 : 0
