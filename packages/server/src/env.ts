import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

// The only file of this package that names clocks, timers and randomness. They are looked up at each use, so that fake
// timers installed later are the ones that run.

/** Milliseconds that never jump; only differences mean anything. */
export function monotonicMs(): number {
  return performance.now()
}

/** Milliseconds since 1970, for people to read. */
export function wallMs(): number {
  return Date.now()
}

/** ISO 8601, in UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** Milliseconds since 1970 of a time in ISO 8601; NaN where it is none. */
export function parseTime(text: string): number {
  return Date.parse(text)
}

/** From 0 up to, not including, 1. */
export function randomFraction(): number {
  return Math.random()
}

// Asking the system's source for a few bytes costs as much as asking for a few thousand.
let entropy = Buffer.alloc(0)
let spent = 0

/** An unguessable token of `A-Z a-z 0-9 _ -`, four characters for every three bytes. */
export function randomToken(bytes: number): string {
  if (spent + bytes > entropy.length) {
    entropy = randomBytes(Math.max(bytes, 2048))
    spent = 0
  }
  return entropy.toString('base64url', spent, (spent += bytes))
}

/** A name for this process that no other one has, and that tells people where it runs. */
export function serverName(): string {
  return `${hostname()}-${process.pid}-${randomToken(3)}`
}

/** Runs `task` every `ms` until the returned function is called. Never keeps the process alive by itself. */
export function every(ms: number, task: () => void): () => void {
  const timer = setInterval(task, ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** Resolves after `ms`, or at once when `signal` aborts; the timer never outlives either. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      // A signal that lives long would keep the listener of every sleep.
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    signal?.addEventListener('abort', wake)
  })
}

/**
 * Runs `task` once this turn of the event loop is over. Not a microtask: a publisher that awaits each `publish` goes on
 * in the same turn, and what it publishes then still belongs to the same write.
 */
export function atTurnEnd(task: () => void): void {
  setImmediate(task)
}

/** Runs `task` when what goes on now, and all promises that settle by it, is done; before anything else is read. */
export function whenSettled(task: () => void): void {
  process.nextTick(task)
}
