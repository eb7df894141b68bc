import { monotonicMs, randomFraction, wallMs } from './env.ts'

import type { Caller } from './callers.ts'
import type { Place } from './places.ts'
import type { Principal } from './principal.ts'

/** The other side of a connection: who it is, for how long, and the place that it holds. */
export interface Client {
  /** `undefined` where there is no `authenticate`, or nobody has been authenticated yet. */
  readonly principal: Principal | undefined
  /** What is counted as one client where there is no user; `undefined` where an address may stand for everybody. */
  readonly address: string | undefined
  readonly place: Place
  /** As whom it was judged. */
  readonly caller: Caller
}

/**
 * When a connection of this principal ends, on the monotonic clock: when its credentials expire, or has lived for long
 * enough. The last tenth of a life is random, so that those who came together do not go together.
 */
export function deadlineOf(principal: Principal | undefined, lifetimeMs: number): number {
  const now = monotonicMs()
  const livesUntil = now + lifetimeMs * (1 - randomFraction() / 10)
  const expiresIn = expiresInMs(principal)
  return expiresIn === undefined ? livesUntil : Math.min(livesUntil, now + expiresIn)
}

/** Milliseconds until the credentials expire; `undefined` where they do not. */
export function expiresInMs(principal: Principal | undefined): number | undefined {
  const at = principal?.expiresAt
  if (at === undefined) return undefined
  // What is no time has passed: JavaScript callers hand over anything, and for ever is not the safe reading.
  const ms = Number(at)
  return Number.isNaN(ms) ? 0 : Math.max(0, ms - wallMs())
}
