import { parseArgs } from 'node:util'

import { addCounts } from './coverage.ts'
import { huntAll } from './mutate.ts'
import { report } from './report.ts'

import type { Simulation } from './simulations.ts'

export type SimulationName = 'tabs' | 'channels' | 'servers'

const options = {
  help: { type: 'boolean' },
  seeds: { type: 'string' },
  seed: { type: 'string' },
  from: { type: 'string' },
  trace: { type: 'boolean' },
  bail: { type: 'boolean' },
  mutants: { type: 'boolean' },
  only: { type: 'string' },
  tabs: { type: 'boolean' },
  channels: { type: 'boolean' },
  servers: { type: 'boolean' },
} as const

const usage = `npm run simulate -- [what] [which runs]

What is simulated, on virtual time, with faults from a seed:
  (nothing)      the client against one server that can do anything
  --channels     clients of many channels over one connection
  --tabs         tabs that share a connection
  --servers      several servers on one Redis, with clients of all kinds

Which runs:
  --seeds N      this many, 2000 if left out
  --from N       beginning with this one, 1 if left out
  --seed N       this one alone
  --trace        shows everything that happens
  --bail         ends with the first run that fails
  --mutants      plants bugs, one at a time, and runs until each is found
  --only TEXT    of those, the ones with this in their name

A run that fails says how to play it again. It ends with 1 if one failed, or if a mutant was not found.`

/** Does what the command line says, with the simulation that it names. */
export async function runCli(load: (name: SimulationName | undefined) => Promise<Simulation>): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) return console.log(usage)
  const first = Number(values.seed ?? values.from ?? 1)
  const count = values.seed === undefined ? Number(values.seeds ?? 2000) : 1
  if (![first, count].every(Number.isInteger) || count < 1) {
    console.error(`--seeds, --seed and --from take whole numbers\n\n${usage}`)
    process.exitCode = 2
    return
  }
  const name = values.tabs ? 'tabs' : values.channels ? 'channels' : values.servers ? 'servers' : undefined
  const args = name === undefined ? [] : [`--${name}`]
  const simulation = await load(name)
  const { trace = false, bail = false, only } = values
  const mutants = simulation.mutants.filter((mutant) => only === undefined || mutant.name.includes(only))
  const isWell = values.mutants
    ? await huntAll(mutants, count, args, simulation.home)
    : await playSeeds(simulation, { first, count, trace, bail, args })
  process.exitCode = isWell ? 0 : 1
}

interface Seeds {
  readonly first: number
  readonly count: number
  readonly trace: boolean
  readonly bail: boolean
  readonly args: readonly string[]
}

async function playSeeds({ play, describe }: Simulation, { first, count, trace, bail, args }: Seeds): Promise<boolean> {
  const startedAt = Date.now()
  const counts: Record<string, number> = {}
  let done = 0
  let failed = 0
  let events = 0
  let links = 0
  for (let seed = first; seed < first + count && !(bail && failed > 0); seed++) {
    const outcome = await play(seed)
    done++
    // To who hunts a mutant, and waits for no run for ever.
    process.send?.(seed)
    events += outcome.events
    links += outcome.links
    addCounts(counts, outcome.coverage)
    if (trace) console.log(outcome.lines.join('\n'))
    if (outcome.failure === undefined) continue
    failed++
    console.error(report(outcome, args))
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  if (count > 1) console.log(describe(counts))
  console.log(`${done} runs, ${failed} failed; ${events} events over ${links} links in ${seconds} s`)
  return failed === 0
}
