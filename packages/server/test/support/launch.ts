import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { onTestFinished } from 'vitest'

import type { ChildProcess } from 'node:child_process'

export interface Launched {
  readonly child: ChildProcess
  /** What it has printed behind its name. */
  readonly port: number
  /** Settles when the process has ended, to what it printed after its port. */
  readonly ended: Promise<{ readonly code: number | null; readonly lines: readonly string[] }>
}

/** Runs a file of this folder as a process of its own, gone with the test; resolves when it has printed its port. */
export async function launch(name: 'broker' | 'instance', ...args: readonly number[]): Promise<Launched> {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@steadystream/source', file, ...args.map(String)],
    // A loader that the test runner set up for itself is none of its business.
    { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, lines }))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const [line] = (await Promise.race([once(output, 'line'), ended.then(() => [''])])) as [string]
  output.on('line', (next) => lines.push(next))
  const port = new RegExp(`^${name} (\\d+)$`).exec(line)?.[1]
  if (!port) throw new Error(`${name} did not come up`)
  return { child, port: Number(port), ended }
}
