// @ts-check
// Runs every vitest project in one go and ends with one plain line of totals: `N passed, N failed[, N skipped]`.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')
const folder = mkdtempSync(join(tmpdir(), 'steadystream-test-'))
const reportFile = join(folder, 'report.json')

try {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  const exitCode = await run([vitest, 'run', ...reporters, ...process.argv.slice(2)])
  const totals = readTotals(reportFile)
  const problem = findProblem(exitCode, totals)
  if (problem) console.log(problem)
  const { passed, failed, skipped } = totals ?? { passed: 0, failed: 0, skipped: 0 }
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = problem ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

/**
 * @param {string[]} args
 * @returns {Promise<number>} exit code, 1 where a signal ended it
 */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/**
 * @param {string} file
 * @returns {Totals | undefined} undefined where vitest ended before it could report
 */
function readTotals(file) {
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
  // A file that does not even load has no tests to fail: it counts as one failed.
  const unloaded = report.testResults.filter(
    (/** @type {any} */ result) => result.status === 'failed' && result.assertionResults.length === 0,
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/**
 * @param {number} exitCode
 * @param {Totals | undefined} totals
 * @returns {string | undefined} why the run is no success, in one line
 */
function findProblem(exitCode, totals) {
  if (!totals) return `Vitest ended with code ${exitCode} before it could report.`
  if (totals.failed > 0) return 'Some tests failed.'
  if (totals.passed === 0) return `No test ran; vitest ended with code ${exitCode}.`
  if (exitCode !== 0) return `Vitest ended with code ${exitCode} although no test failed: see the errors above.`
  if (totals.skipped > 0 && process.env['CI'] === 'true') return 'Under CI=true a skipped test is a failure.'
  return undefined
}
