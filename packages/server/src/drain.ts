import { closeCodes } from '@steadystream/core/protocol'

import { randomFraction, sleep } from './env.ts'

import type { SessionTable } from './session-table.ts'

// Sessions told together: a timer for each of ten thousand would be slower than the window.
const stepMs = 20
const baseRetryMs = 250
// How long a client may take to read what it is due once the window is over.
const flushMs = 5000

/**
 * Tells every session to come back later, spread over `drainMs` so that whoever serves them next is not stormed, and
 * resolves when all are gone.
 */
export async function drain(sessions: SessionTable, drainMs: number): Promise<void> {
  const waiting = [...sessions]
  const mostSteps = Math.max(1, Math.floor(drainMs / stepMs))
  const perStep = Math.ceil(waiting.length / mostSteps)
  const pauseMs = (drainMs * perStep) / waiting.length
  for (let next = 0; next < waiting.length; next += perStep) {
    if (next > 0) await sleep(pauseMs)
    for (const session of waiting.slice(next, next + perStep)) {
      const retryMs = Math.round(baseRetryMs + randomFraction() * Math.max(drainMs, 1000))
      session.end({ ...closeCodes.shutdown, reconnect: true, retryMs })
    }
  }
  const allGone = new AbortController()
  await Promise.race([sessions.whenEmpty().then(() => allGone.abort()), sleep(flushMs, allGone.signal)])
  for (const session of sessions) session.destroy('stalled')
}
