// @ts-check
// All that CI runs, cheapest first: ends at the first failure, with that step's output.
import { availableParallelism } from 'node:os'
import { run } from './run.mjs'

/** @typedef {{ name: string, command: string, args: string[] }} Step */

/** @type {(name: string, command: string, ...args: string[]) => Step} */
const step = (name, command, ...args) => ({ name, command, args })

/** Steps of one stage do not need each other; a stage needs the one before it. The longest come first. */
const stages = [
  [
    step('build', 'node', 'scripts/build.mjs'),
    step('types', 'tsc', '--project', '.'),
    step('lint', 'oxlint', '--type-aware', '--deny-warnings'),
    step('doc samples', 'node', 'scripts/doc-samples.mjs'),
    step('format', 'prettier', '--check', '--log-level', 'warn', '.'),
  ],
  [
    step('packages', 'node', 'scripts/packages.mjs'),
    step('consumer apps', 'node', 'scripts/consumer-apps.mjs'),
    step('consumer', 'node', 'scripts/consumer.mjs'),
    step('sizes', 'node', 'scripts/size.mjs'),
  ],
]

const startedAt = performance.now()
/** @param {number} since */
const secondsSince = (since) => `${((performance.now() - since) / 1000).toFixed(1).padStart(5)} s`

try {
  for (const steps of stages) await runStage(steps)
  await run('node', ['scripts/test.mjs'], { show: true })
  console.log(`${secondsSince(startedAt)}  everything passed`)
} catch (error) {
  console.error(`\ncheck failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

/** @param {Step[]} steps */
async function runStage(steps) {
  const abort = new AbortController()
  const waiting = [...steps]
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await runStep(next, abort.signal)
  }
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, worker))
  } catch (error) {
    // What still runs beside the failed step would print into its message, and take its time.
    waiting.length = 0
    abort.abort()
    throw error
  }
}

/**
 * @param {Step} step
 * @param {AbortSignal} signal
 */
async function runStep({ name, command, args }, signal) {
  const since = performance.now()
  const output = await run(command, args, { signal }).catch((/** @type {Error} */ error) => {
    if (!signal.aborted) console.log(`${secondsSince(since)}  ${name} FAILED`)
    throw error
  })
  console.log(`${secondsSince(since)}  ${name}`)
  // Sizes are worth reading also when they pass.
  if (name === 'sizes') process.stdout.write(output)
}
