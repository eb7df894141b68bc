import type { Clock } from '../../src/index.ts'

/** Which of the clocks go on while the machine sleeps; what the others count stands still, as it does on most systems. */
export type SleepingClocks = 'both' | 'wall' | 'monotonic'

/** The machine's own clock for a stream over real sockets, but faster, and put to sleep by the test. */
export interface WarpedClock extends Clock {
  /**
   * Moves `clocks` by `ms`, in which nothing runs. Timers that are overdue then fire before anything is read, which is
   * the worst order that a runtime may choose on waking.
   */
  sleep(ms: number, clocks: SleepingClocks): void
}

interface Timer {
  readonly dueAt: number
  readonly fire: () => void
  handle?: NodeJS.Timeout
}

/** @param speed how many of the stream's milliseconds pass in one of the machine's; all its waits shrink alike */
export function createWarpedClock(speed = 1): WarpedClock {
  const startedAt = performance.now()
  const wallAtStart = Date.now()
  const timers = new Set<Timer>()
  let slept = 0
  let sleptByWall = 0
  const elapsed = () => (performance.now() - startedAt) * speed
  const now = () => elapsed() + slept

  return {
    now,
    wallNow: () => wallAtStart + elapsed() + sleptByWall,
    random: () => Math.random(),
    after(ms, callback) {
      const cancel = () => {
        clearTimeout(timer.handle)
        timers.delete(timer)
      }
      const timer: Timer = {
        dueAt: now() + ms,
        fire() {
          cancel()
          callback()
        },
      }
      timer.handle = setTimeout(timer.fire, ms / speed)
      timers.add(timer)
      return cancel
    },
    sleep(ms, clocks) {
      if (clocks !== 'monotonic') sleptByWall += ms
      if (clocks === 'wall') return
      slept += ms
      for (const timer of [...timers].sort((a, b) => a.dueAt - b.dueAt)) {
        // One that fired before it may have cancelled it.
        if (!timers.has(timer)) continue
        clearTimeout(timer.handle)
        const leftMs = timer.dueAt - now()
        if (leftMs <= 0) timer.fire()
        else timer.handle = setTimeout(timer.fire, leftMs / speed)
      }
    },
  }
}
