import type { Random } from '../../../core/test/support/random.ts'

export const readerKinds = ['stream', 'polling', 'channels'] as const
export type ReaderKind = (typeof readerKinds)[number]

/** What kind of run it is; everything in it is drawn from the seed before the run begins. */
export interface ServerScenario {
  readonly servers: number
  readonly labels: readonly string[]
  readonly readers: readonly ReaderKind[]
  readonly historySize: number
  readonly historyBytes: number
  readonly publishEveryMs: number
  /** Bytes that fill up an event, at most. */
  readonly fillerBytes: number
  /** Between clients and servers, and between servers and Redis. */
  readonly latencyMs: number
  readonly redisLatencyMs: number
  readonly timeoutMs: number
  readonly probeMs: number
  readonly checkMs: number
  /** Whether Redis keeps an append-only file. */
  readonly isDurable: boolean
  /** Messages that Redis lets wait for a server that does not read. */
  readonly maxWaiting: number
  /** Bytes that may be under way to a client. */
  readonly windowBytes: number
  /** Bytes that a server lets wait for one client. */
  readonly queuedBytes: number
  /** Share of the client's links that something happens to. */
  readonly trouble: number
  /** Milliseconds between two faults, at most. 0: none happens. */
  readonly faultEveryMs: number
  readonly slowShare: number
  readonly troubleMs: number
  readonly ending: 'calm' | 'complete'
}

export function drawServerScenario(random: Random): ServerScenario {
  const isCalm = random.chance(0.1)
  // Who reads little of much.
  const isHeavy = random.chance(0.15)
  return {
    servers: random.pick([2, 2, 3]),
    labels: Array.from({ length: random.pick([1, 2, 3]) }, (_, n) => `c${n}`),
    readers: Array.from({ length: random.whole(2, 5) }, () => random.pick(readerKinds)),
    historySize: random.pick([2, 8, 1000, 1000]),
    historyBytes: random.pick([300, 1_000_000, 1_000_000]),
    publishEveryMs: isHeavy ? 150 : random.pick([150, 500, 1500]),
    fillerBytes: isHeavy ? 6000 : 40,
    latencyMs: random.whole(1, 60),
    redisLatencyMs: random.pick([0, 1, 20]),
    timeoutMs: random.pick([700, 2500]),
    probeMs: random.pick([500, 3000]),
    checkMs: random.pick([2000, 20_000]),
    isDurable: random.chance(0.5),
    maxWaiting: random.pick([5, 50]),
    windowBytes: isHeavy ? 200 : random.pick([200, 100_000]),
    queuedBytes: isHeavy ? 600 : random.pick([600, 1_000_000]),
    trouble: isCalm ? 0 : random.pick([0, 0.3, 0.7]),
    faultEveryMs: isCalm ? 0 : random.pick([700, 2500]),
    slowShare: isHeavy ? 0.8 : random.pick([0, 0.4]),
    troubleMs: random.whole(3, 9) * 1000,
    ending: random.pick(['calm', 'calm', 'complete']),
  }
}
