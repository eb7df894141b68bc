import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ChildProcess } from 'node:child_process'

/** The demo as its own process, as `npm start` runs it. */
export interface DemoProcess {
  readonly origin: string
  readonly port: number
  /** What it printed so far, line by line. */
  readonly lines: readonly string[]
  /** Sends a signal and resolves with the exit code, or the name of the signal that ended it. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<number | string>
}

/** What a process that did not come up left behind. */
export interface EndedProcess {
  readonly exitCode: number | string
  readonly lines: readonly string[]
}

const demoFolder = fileURLToPath(new URL('..', import.meta.url))
const running = new Set<ChildProcess>()

/** Resolves when the server answers, or when the process has ended without that. */
export async function launchDemo(env: Record<string, string>): Promise<DemoProcess | EndedProcess> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@steadystream/source', 'src/main.ts'],
    // A loader that the test runner set up for itself is none of the server's business.
    { cwd: demoFolder, env: { ...process.env, NODE_OPTIONS: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  running.add(child)
  const lines: string[] = []
  const ended = once(child, 'close').then(([code, signal]): number | string => {
    running.delete(child)
    return typeof code === 'number' ? code : String(signal)
  })
  const ready = new Promise<number>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        const port = /^Steadystream demo on http:\/\/localhost:(\d+)$/.exec(line)?.[1]
        if (port) resolve(Number(port))
      })
    }
  })
  const outcome = await Promise.race([ready.then((port) => ({ port })), ended.then((exitCode) => ({ exitCode }))])
  if ('exitCode' in outcome) return { exitCode: outcome.exitCode, lines }
  return {
    origin: `http://localhost:${outcome.port}`,
    port: outcome.port,
    lines,
    kill(signal) {
      child.kill(signal)
      return ended
    },
  }
}

/** As {@link launchDemo}, where a server is expected. */
export async function startDemo(env: Record<string, string>): Promise<DemoProcess> {
  const demo = await launchDemo(env)
  if ('exitCode' in demo) throw new Error(`the demo ended with ${demo.exitCode}:\n${demo.lines.join('\n')}`)
  return demo
}

/** Ends what a failed test left running. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

const folders: string[] = []

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'steadystream-demo-'))
  folders.push(folder)
  return folder
}

export async function removeFolders(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })))
}
