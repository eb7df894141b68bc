import { setTimeout as delay } from 'node:timers/promises'
import { RealtimeError } from '@steadystream/server'

const retryMs = 200

/**
 * Does it again for as long as the backplane is away. What is published so needs an idempotency key: nobody knows whether
 * a try that failed went well.
 */
export async function persist<T>(act: () => Promise<T>, isWanted: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof RealtimeError) || error.code !== 'UNAVAILABLE' || !isWanted()) throw error
    }
    await delay(retryMs)
  }
}
