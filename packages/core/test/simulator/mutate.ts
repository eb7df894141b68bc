import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import type { Mutant } from './mutants.ts'

const packages = join(import.meta.dirname, '../../..')
const core = join(packages, 'core')

/** How often a text occurs in a file of the sources of a package, which is the client's unless it is told. */
export function findText(file: string, text: string, base = core): number {
  return readFileSync(join(base, 'src', file), 'utf8').split(text).length - 1
}

interface Verdict {
  readonly name: string
  /** The first failure, with its seed; `undefined` where the mutant survived all seeds, or could not be planted. */
  readonly foundBy: string | undefined
  readonly problem?: string
}

/** Copies what a run needs of the package in `from` to a new folder. @returns the copy, and what removes it */
async function copyPackage(from: string): Promise<{ readonly copy: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'steadystream-mutant-'))
  const home = basename(from)
  const copy = join(folder, home)
  for (const part of ['package.json', 'src', 'test/simulator', 'test/support'])
    await cp(join(from, part), join(copy, part), { recursive: true })
  await symlink(join(packages, '../node_modules'), join(folder, 'node_modules'))
  // Whose simulator the others' is made of.
  if (home !== 'core') await symlink(core, join(folder, 'core'))
  return { copy, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Plants a mutant in a copy of the package in `base`, and runs the simulator on that until it fails. */
async function hunt(
  { name, file, find, replace }: Mutant,
  seeds: number,
  base: string,
  more: readonly string[],
): Promise<Verdict> {
  const times = findText(file, find, base)
  if (times !== 1) return { name, foundBy: undefined, problem: `its text occurs ${times} times in ${file}` }
  const { copy, remove } = await copyPackage(base)
  try {
    const source = readFileSync(join(copy, 'src', file), 'utf8')
    await writeFile(
      join(copy, 'src', file),
      source.replace(find, () => replace),
    )
    const { code, text } = await simulateIn(copy, seeds, more)
    const found = /^seed \d+: .*/m.exec(text)?.[0]
    // A copy that does not even start would be found by anything.
    if (code !== 0 && found === undefined) return { name, foundBy: undefined, problem: text.slice(0, 500) }
    return { name, foundBy: found }
  } finally {
    await remove()
  }
}

/** Milliseconds without a seed that ended: one that hangs in a step has been found, too. */
const longestSeedMs = 120_000

function simulateIn(
  copy: string,
  seeds: number,
  more: readonly string[],
): Promise<{ readonly code: number | null; readonly text: string }> {
  const cli = join(copy, 'test/simulator/cli.ts')
  const args = [
    '--import',
    'tsx',
    '--conditions=@steadystream/source',
    cli,
    '--bail',
    '--seeds',
    String(seeds),
    ...more,
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: copy, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    let text = ''
    const giveUp = () => {
      text += `\nseed 0: no end in ${longestSeedMs} ms\n`
      child.kill()
    }
    let timer = setTimeout(giveUp, longestSeedMs)
    child.on('message', () => {
      clearTimeout(timer)
      timer = setTimeout(giveUp, longestSeedMs)
    })
    child.stdout?.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, text })
    })
  })
}

/** Without a mutant these must pass, or their failures say nothing. */
const baselineSeeds = 50

/**
 * Hunts them all, two at a time, and says what came of each.
 * @param more arguments of the runs
 * @param home the package that they are planted in
 * @returns whether every one was found
 */
export async function huntAll(
  mutants: readonly Mutant[],
  seeds: number,
  more: readonly string[],
  home: 'core' | 'server',
): Promise<boolean> {
  // The tree may change meanwhile.
  const { copy: base, remove } = await copyPackage(join(packages, home))
  const waiting = [...mutants]
  let found = 0
  async function work(): Promise<void> {
    for (let next; (next = waiting.shift());) {
      const { name, foundBy, problem } = await hunt(next, seeds, base, more)
      if (foundBy !== undefined) found++
      console.log(
        `${foundBy === undefined ? 'NOT FOUND' : 'found    '} ${name}: ${problem ?? foundBy ?? 'it survived'}`,
      )
    }
  }
  try {
    const { code, text } = await simulateIn(base, baselineSeeds, more)
    if (code !== 0) {
      console.error(`it fails without a mutant:\n${text}`)
      return false
    }
    await Promise.all([work(), work()])
  } finally {
    await remove()
  }
  console.log(`${found} of ${mutants.length} mutants found within ${seeds} seeds`)
  return found === mutants.length
}
