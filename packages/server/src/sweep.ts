import { every } from './env.ts'

/** A timer that runs only while there is something to look after. */
export interface Sweep {
  /** Starts the timer unless it runs. */
  start(): void
  stop(): void
}

export function createSweep(intervalMs: number, visit: () => void): Sweep {
  let cancel: (() => void) | undefined
  return {
    start() {
      cancel ??= every(intervalMs, visit)
    },
    stop() {
      cancel?.()
      cancel = undefined
    },
  }
}
