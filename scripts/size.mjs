// @ts-check
// What users of the built packages ship, in bytes: minified, tree-shaken and gzipped, held to scripts/budgets.json.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './run.mjs'

/**
 * `limit` keeps what has been reached, and fails the check; `goal` is what it has to become. Both in bytes, of what
 * `code` costs where `besides` is shipped already.
 * @typedef {{ name: string, code: string, besides?: string, external: string[], limit: number, goal: number }} Budget
 */

/** @type {Budget[]} */
const budgets = JSON.parse(await readFile(join(root, 'scripts/budgets.json'), 'utf8'))

const rows = await Promise.all(
  budgets.map(async ({ code, besides = '', external, ...budget }) => ({
    ...budget,
    bytes: (await measure(`${besides}\n${code}`, external)) - (besides ? await measure(besides, external) : 0),
  })),
)
for (const { name, bytes, limit, goal } of rows) {
  const verdict = bytes > limit ? `over by ${bytes - limit}` : bytes > goal ? `goal missed: ${goal}` : 'ok'
  console.log(`${String(bytes).padStart(6)} of ${String(limit).padStart(6)} bytes  ${verdict.padEnd(18)} ${name}`)
}
if (rows.some(({ bytes, limit }) => bytes > limit)) process.exitCode = 1

/**
 * @param {string} code imports
 * @param {string[]} external
 */
async function measure(code, external) {
  // An import whose names nobody uses is shaken off: hand them on.
  const contents = code.replace(/^import (\* as )?/gm, (_, star) => (star ? 'export * as ' : 'export '))
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(root, 'packages/react') },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external,
    write: false,
    logLevel: 'error',
  })
  return outputFiles.reduce((sum, { contents: bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0)
}
