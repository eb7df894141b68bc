import { setTimeout as delay } from 'node:timers/promises'

/** Waits, unless the signal ends it: then it rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal })
}
