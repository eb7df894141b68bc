import { findProgram, howToGet } from './programs.mjs'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of an nginx to put in front of a server; '' where there is none: such tests skip themselves. */
    nginxPath: string
  }
}

/** Vitest global set-up: tests read the path with `inject('nginxPath')`. */
export async function setup(project: TestProject): Promise<void> {
  const path = await findProgram('nginx')
  if (!path) {
    const message = `PROXY TESTS CANNOT RUN: no nginx found. To run them, ${howToGet('nginx')}.`
    // A green run in CI must mean that everything ran.
    if (process.env['CI'] === 'true') throw new Error(message)
    console.warn(message)
  }
  project.provide('nginxPath', path ?? '')
}
