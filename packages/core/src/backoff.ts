import { parseHttpDate } from './env.ts'

export interface Backoff {
  readonly baseMs: number
  readonly maxMs: number
  /** Random spread as a share of the window; 0 turns it off. */
  readonly jitter: number
  /** A server-told wait. */
  readonly retryAfterMs?: number | undefined
}

/**
 * Delay before retry `attempt` (0-based), in milliseconds: an exponential window plus up to `jitter` windows more, so
 * that clients cut off together do not come back together. The window is capped so that the jitter still fits under
 * `maxMs`. `retryAfterMs` is a floor; jitter only adds to it.
 */
export function backoffDelay(
  attempt: number,
  { baseMs, maxMs, jitter, retryAfterMs = 0 }: Backoff,
  random: () => number,
): number {
  // No maximum is over 2^31, and zero times infinity is no number.
  const windowMs = Math.min(baseMs * 2 ** Math.min(attempt, 31), maxMs / (1 + jitter))
  return Math.max(windowMs, retryAfterMs) + random() * jitter * windowMs
}

const longestRetryAfterMs = 3_600_000

/**
 * Reads a `Retry-After` header, in seconds or as an HTTP date, as milliseconds from `wallNowMs`; at most one hour.
 * @returns `undefined` for a missing or malformed value.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | null, wallNowMs: number): number | undefined {
  const value = header?.trim()
  if (!value) return undefined
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : parseHttpDate(value) - wallNowMs
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), longestRetryAfterMs)
}
