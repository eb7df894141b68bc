import type { Clock } from './env.ts'

type TimerName = 'timeout' | 'firstByte' | 'healthy' | 'silence'

/** One physical link from dial to hang-up: what has to be released when it goes. */
export interface Attempt {
  readonly signal: AbortSignal
  readonly isOpen: boolean
  readonly bytes: number
  /** Whether nothing of it counts any more: it was hung up, or its end has been told and is about to be handled. */
  readonly isOver: boolean
  markOpen(): void
  markOver(): void
  count(bytes: number): void
  /** Replaces the timer of this name; 0 milliseconds only cancels it. */
  setTimer(name: TimerName, ms: number, callback: () => void): void
  clearTimer(name: TimerName): void
  /** A promise that `release` (or `hangUp`) settles: reading is held until then. */
  hold(): Promise<void>
  readonly isHeld: boolean
  release(): void
  /** Aborts the link, cancels its timers and lets a held reader go. */
  hangUp(): void
}

export function createAttempt(clock: Clock): Attempt {
  const controller = new AbortController()
  const timers = new Map<TimerName, () => void>()
  let isOpen = false
  let isOver = false
  let bytes = 0
  let releaseHold: (() => void) | undefined

  function clearTimer(name: TimerName): void {
    timers.get(name)?.()
    timers.delete(name)
  }

  function release(): void {
    releaseHold?.()
    releaseHold = undefined
  }

  return {
    signal: controller.signal,
    get isOpen() {
      return isOpen
    },
    get isOver() {
      return isOver
    },
    get bytes() {
      return bytes
    },
    get isHeld() {
      return releaseHold !== undefined
    },
    markOpen() {
      isOpen = true
    },
    markOver() {
      isOver = true
    },
    count(more) {
      bytes += more
    },
    setTimer(name, ms, callback) {
      clearTimer(name)
      if (ms > 0 && !isOver) timers.set(name, clock.after(ms, callback))
    },
    clearTimer,
    hold: () =>
      new Promise((resolve) => {
        releaseHold = resolve
      }),
    release,
    hangUp() {
      isOver = true
      controller.abort()
      for (const name of [...timers.keys()]) clearTimer(name)
      release()
    },
  }
}
