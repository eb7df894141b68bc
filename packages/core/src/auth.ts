import type { Clock } from './env.ts'

interface Flight {
  readonly promise: Promise<unknown>
  /** On the clock that never runs backwards; `undefined` while it is under way. */
  doneAt?: number
}

/** One for all streams that were given the same function. */
const flights = new WeakMap<() => unknown, Flight>()

/**
 * Has credentials refreshed for a link that was dialled at `dialledAt` and refused. Those who ask meanwhile wait for
 * the same refresh, and whoever was refused with credentials from before it needs none of his own.
 */
export function refreshOnce(refreshAuth: () => unknown, clock: Clock, dialledAt: number): Promise<unknown> {
  const last = flights.get(refreshAuth)
  if (last && (last.doneAt ?? Infinity) >= dialledAt) return last.promise
  const flight: Flight = { promise: (async () => refreshAuth())() }
  flights.set(refreshAuth, flight)
  return flight.promise.then(
    () => (flight.doneAt = clock.now()),
    (error: unknown) => {
      flights.delete(refreshAuth)
      throw error
    },
  )
}
