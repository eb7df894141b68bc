import { settle } from './settle.ts'

import type { Clock } from '../env.ts'

export interface ManualClockOptions {
  /** Source of chance. Default: always 0.5. */
  readonly random?: (() => number) | undefined
  /** Wall time to begin with, in milliseconds since 1970. Default: the start of the year 2000. */
  readonly wallNow?: number | undefined
}

/** A clock that stands still until the test moves it. Pass it as the `clock` of a stream. */
export interface ManualClock extends Clock {
  /** Timers that are set and have not fired. */
  readonly pending: number
  /**
   * Moves both clocks by `ms` and fires what falls due on the way, in order. Before, between and after, everything that
   * is ready runs: promises settle and streams are read. `advance(0)` does no more than that, and fires what is overdue.
   */
  advance(ms: number): Promise<void>
  /** Sleep: both clocks move by `ms`, and no timer fires. Those that fell due are overdue, and fire on `advance`. */
  jump(ms: number): void
  /** Sets the wall clock, as a user or a time server would. Timers do not follow it. */
  setWallTime(ms: number): void
}

const year2000Ms = 946_684_800_000

interface Timer {
  readonly dueAt: number
  readonly callback: () => void
}

/** Makes a clock for tests, which is moved by hand. */
export function createManualClock({ random = () => 0.5, wallNow = year2000Ms }: ManualClockOptions = {}): ManualClock {
  // Kept in order of due time; equal ones in the order in which they were set.
  const timers: Timer[] = []
  let now = 0
  let wallOffset = wallNow

  return {
    now: () => now,
    wallNow: () => now + wallOffset,
    random,
    after(ms, callback) {
      const timer = { dueAt: now + Math.max(ms, 0), callback }
      const later = timers.findIndex(({ dueAt }) => dueAt > timer.dueAt)
      timers.splice(later < 0 ? timers.length : later, 0, timer)
      return () => {
        const at = timers.indexOf(timer)
        if (at >= 0) timers.splice(at, 1)
      }
    },
    get pending() {
      return timers.length
    },
    async advance(ms) {
      const until = now + checked(ms)
      await settle()
      for (let next = timers[0]; next && next.dueAt <= until; next = timers[0]) {
        timers.shift()
        now = Math.max(now, next.dueAt)
        next.callback()
        await settle()
      }
      now = Math.max(now, until)
    },
    jump(ms) {
      now += checked(ms)
    },
    setWallTime(ms) {
      wallOffset = ms - now
    },
  }
}

function checked(ms: number): number {
  if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`ms must be a number of milliseconds from 0, got ${ms}`)
  return ms
}
