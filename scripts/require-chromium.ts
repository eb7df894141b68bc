import { findProgram, howToGet } from './programs.mjs'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of a Chromium to drive; '' where there is none: such tests skip themselves. */
    chromiumPath: string
  }
}

/** Vitest global set-up: tests read the path with `inject('chromiumPath')`. */
export async function setup(project: TestProject): Promise<void> {
  const path = await findProgram('chromium')
  if (!path) {
    const message = `BROWSER TESTS CANNOT RUN: no Chromium found. To run them, ${howToGet('chromium')}.`
    // A green run in CI must mean that everything ran.
    if (process.env['CI'] === 'true') throw new Error(message)
    console.warn(message)
  }
  project.provide('chromiumPath', path ?? '')
}
