import { fork } from 'node:child_process'
import { once } from 'node:events'

import type { ChildProcess } from 'node:child_process'

export interface Helper {
  readonly child: ChildProcess
  /** What it said when it could be used: where it listens, if it does. */
  readonly port: number
}

/** Starts the other end of a contender, in a process of its own so that its CPU time is not the contender's. */
export async function startHelper(
  name: 'event-server' | 'sinks' | 'handler',
  ...args: readonly string[]
): Promise<Helper> {
  // The bundles lie side by side. No inherited flags.
  const child = fork(new URL(`./${name}.js`, import.meta.url), args, { execArgv: [] })
  child.once('exit', (code) => {
    throw new Error(`${name} ended with code ${code}`)
  })
  // Before the connections close, which the helper would report as a failure.
  process.once('exit', () => child.kill())
  const [port] = (await once(child, 'message')) as [number]
  return { child, port }
}

/** Called by the helper once it can be used. */
export function reportReady(port = 0): void {
  process.send?.(port)
  process.once('disconnect', () => process.exit())
}
