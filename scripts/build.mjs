// @ts-check
// Builds the packages into their dist folders: JavaScript by tsup, declarations by tsc, both at once.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from './run.mjs'

// Server and react compile against core's declarations.
const stages = [['core'], ['server', 'react']]

for (const stage of stages) await Promise.all(stage.map(build))

/** @param {string} name */
async function build(name) {
  const folder = join(root, 'packages', name)
  await rm(join(folder, 'dist'), { recursive: true, force: true })
  await Promise.all([
    run('tsup', ['--silent'], { cwd: folder }),
    run('tsc', ['--project', 'tsconfig.build.json'], { cwd: folder }),
  ])
  await nameBuiltFiles(join(folder, 'dist'))
  console.log(`built packages/${name}`)
}

/**
 * The sources import each other as `./x.ts`, and tsc leaves that in declarations, where it means a file that dist does
 * not have: compilers find x.d.ts by it as a courtesy only. `./x.js` is what the handbook asks for, and just as long,
 * so that declaration maps still fit.
 * @param {string} dist
 */
async function nameBuiltFiles(dist) {
  const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith('.d.ts'))
  for (const file of files.map((name) => join(dist, name))) {
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replaceAll(/(\bfrom |\bimport\()(['"])(\.[^'"]+)\.tsx?\2/g, '$1$2$3.js$2'))
  }
}
