// The real one: runs may put another in its place.
import { setImmediate } from 'node:timers'

import type { Clock } from '@steadystream/core'
import type { Random } from '../support/random.ts'

/** Where something happens: the server's machine and the network never sleep, the client's machine may. */
type Lane = 'server' | 'timer' | 'arrival'

interface Entry {
  due: number
  /** Overdue timers fire in the order in which they were due. */
  readonly order: number
  readonly lane: Lane
  readonly isLibrary: boolean
  readonly turn: number
  readonly act: () => void
}

/** Virtual time. Nothing happens but what was scheduled, one thing per step, and each has settled before the next. */
export interface World {
  /** What the library under test is given. */
  readonly clock: Clock
  /** Milliseconds since the run began, for an observer who never sleeps. */
  now(): number
  onServer(ms: number, act: () => void): () => void
  /** Reaches the client `ms` from now, or when it wakes. Equal delays keep their order. */
  onArrival(ms: number, act: () => void): () => void
  /** A timer of the user's own code. */
  onClient(ms: number, act: () => void): () => void
  /** The first thing that the client does when it wakes. */
  onWake(act: () => void): void
  /** Puts the client's machine to sleep; with `frozen` its monotonic clock and its timers stand still meanwhile. */
  sleep(ms: number, frozen: boolean): void
  /** When the client's machine last woke up, by its own monotonic clock. */
  awakeSince(): number
  /** How long it had been awake before it last fell asleep. */
  awakeBeforeMs(): number
  /** How long it last slept, by its own monotonic clock. */
  sleptMs(): number
  /** Moves the client's wall clock, as setting it does. */
  shiftWallClock(ms: number): void
  /** Timers that the library holds. */
  libraryTimers(): number
  /** Does the next thing, and lets everything settle that follows from it. @returns whether there was one. */
  step(until: number): Promise<boolean>
  trace(line: string): void
  readonly lines: readonly string[]
  /** What went wrong first. Recorded and not thrown: the library would catch it. */
  readonly failure: string | undefined
  fail(message: string): void
}

const wallStart = Date.UTC(2030, 0, 1)
const laneOrder: Record<Lane, number> = { server: 0, timer: 1, arrival: 2 }

export function createWorld(random: Random): World {
  const entries = new Set<Entry>()
  const lines: string[] = []
  let time = 0
  let turn = 0
  let awakeAt = 0
  let awakeBeforeMs = Infinity
  let sleptMs = 0
  let frozenMs = 0
  let wallShift = 0
  let failure: string | undefined

  function schedule(lane: Lane, ms: number, act: () => void, isLibrary = false): () => void {
    const earliest = time + Math.max(ms, 0)
    // The machine that sleeps does nothing before it wakes.
    const due = lane === 'server' ? earliest : Math.max(earliest, awakeAt)
    const entry: Entry = { due, order: due, lane, isLibrary, turn: ++turn, act }
    entries.add(entry)
    return () => void entries.delete(entry)
  }

  function first(): Entry | undefined {
    let best: Entry | undefined
    for (const entry of entries) if (!best || isBefore(entry, best)) best = entry
    return best
  }

  return {
    clock: {
      now: () => time - frozenMs,
      wallNow: () => wallStart + time + wallShift,
      random: () => random.next(),
      after: (ms, act) => schedule('timer', ms, act, true),
    },
    now: () => time,
    onServer: (ms, act) => schedule('server', ms, act),
    onArrival: (ms, act) => schedule('arrival', ms, act),
    onClient: (ms, act) => schedule('timer', ms, act),
    onWake(act) {
      entries.add({ due: Math.max(time, awakeAt), order: -1, lane: 'timer', isLibrary: false, turn: ++turn, act })
    },
    sleep(ms, frozen) {
      if (time < awakeAt) return
      awakeBeforeMs = time - awakeAt
      awakeAt = time + ms
      sleptMs = frozen ? 0 : ms
      if (frozen) frozenMs += ms
      for (const entry of entries) {
        if (entry.lane === 'server') continue
        entry.due = entry.lane === 'timer' && frozen ? entry.due + ms : Math.max(entry.due, awakeAt)
      }
    },
    awakeSince: () => awakeAt - frozenMs,
    awakeBeforeMs: () => awakeBeforeMs,
    sleptMs: () => sleptMs,
    shiftWallClock(ms) {
      wallShift += ms
    },
    libraryTimers: () => [...entries].filter(({ isLibrary }) => isLibrary).length,
    async step(until) {
      const entry = first()
      if (!entry || entry.due > until) {
        time = Math.max(time, until)
        return false
      }
      entries.delete(entry)
      time = Math.max(time, entry.due)
      entry.act()
      await settle()
      return true
    },
    trace(line) {
      lines.push(`${String(time).padStart(8)} ms  ${line}`)
    },
    lines,
    get failure() {
      return failure
    },
    fail(message) {
      failure ??= `at ${time} ms: ${message}`
    },
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  if (a.due !== b.due) return a.due < b.due
  if (a.lane !== b.lane) return laneOrder[a.lane] < laneOrder[b.lane]
  return a.order !== b.order ? a.order < b.order : a.turn < b.turn
}

/** Promises and web streams move in microtasks alone, and all of those run before the event loop's next turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
