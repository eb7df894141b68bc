import { closeCodes } from '@steadystream/core/protocol'

import { monotonicMs, randomFraction, sleep } from './env.ts'

import type { SessionTable } from './session-table.ts'

// Sessions told together: a timer for each of ten thousand would be slower than the window.
const stepMs = 20
// The rest of the window is for reading what is due.
const tellingShare = 0.8
const baseRetryMs = 250
// How long a client may take to read what it is due once the window is over.
const flushMs = 5000

/**
 * Tells every session to come back later, spread over `drainMs` so that whoever serves them next is not stormed, and
 * resolves when all are gone.
 */
export async function drain(sessions: SessionTable, drainMs: number): Promise<void> {
  const waiting = [...sessions]
  const count = waiting.length
  const startedAt = monotonicMs()
  const tellingMs = drainMs * tellingShare
  for (let told = 0; told < count;) {
    const elapsedMs = monotonicMs() - startedAt
    // By the clock: pauses that are each a little late would together outlast the window.
    const due = elapsedMs >= tellingMs ? count : Math.floor((elapsedMs / tellingMs) * count) + 1
    for (; told < due; told++) {
      const retryMs = Math.round(baseRetryMs + randomFraction() * Math.max(drainMs, 1000))
      waiting[told]?.end({ ...closeCodes.shutdown, reconnect: true, retryMs })
    }
    if (told < count) await sleep(Math.max(stepMs, (told * tellingMs) / count - elapsedMs))
  }
  const allGone = new AbortController()
  await Promise.race([sessions.whenEmpty().then(() => allGone.abort()), sleep(flushMs, allGone.signal)])
  for (const session of sessions) session.destroy('stalled')
}
