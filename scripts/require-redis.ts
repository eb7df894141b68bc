import { findProgram, howToGet } from './programs.mjs'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of a redis-server to start; '' where there is none: such tests skip themselves. */
    redisPath: string
  }
}

/** Vitest global set-up: tests read the path with `inject('redisPath')`. */
export async function setup(project: TestProject): Promise<void> {
  const path = await findProgram('redis')
  if (!path) {
    const message = `REDIS TESTS CANNOT RUN: no redis-server found. To run them, ${howToGet('redis')}.`
    // A green run in CI must mean that everything ran.
    if (process.env['CI'] === 'true') throw new Error(message)
    console.warn(message)
  }
  project.provide('redisPath', path ?? '')
}
