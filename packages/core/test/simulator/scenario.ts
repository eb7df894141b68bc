import type { IdStyle } from './channel-log.ts'
import type { RetryRules } from './connection-rules.ts'
import type { Fate } from './link.ts'
import type { Random } from '../support/random.ts'
import type { ServerOptions } from './server.ts'

/** How a subscriber takes its events. */
export type ConsumerKind = 'prompt' | 'slow' | 'iterating'

/** What kind of run it is; everything in it is drawn from the seed before the run begins. */
export interface Scenario {
  readonly server: ServerOptions
  readonly idStyle: IdStyle
  readonly historySize: number
  readonly lineEnd: '\n' | '\r\n' | '\r'
  readonly rules: RetryRules
  readonly timeout: number
  readonly heartbeatInterval: number | undefined
  readonly maxBufferedEvents: number
  readonly fromStart: boolean
  readonly isPooled: boolean
  readonly consumers: readonly ConsumerKind[]
  /** Share of the links that something happens to. */
  readonly trouble: number
  readonly losesHistory: boolean
  readonly publishEveryMs: number
  /** How long things go wrong. */
  readonly troubleMs: number
  /** Everything is let come right, or the channel ends too, or all is closed in the midst of it. */
  readonly ending: 'calm' | 'complete' | 'abrupt'
}

export function drawScenario(random: Random): Scenario {
  const profile = random.pick(['positions', 'positions', 'positions', 'replay', 'replay-all', 'no-ids'] as const)
  const isPositions = profile === 'positions'
  const isPooled = random.chance(0.35)
  const jitter = random.pick([1, 1, 0.5, 0])
  return {
    server: {
      profile,
      gapStyle: random.pick(['event', 'event', 'greeting', 'silent']),
      // With plain ids the asked-for event at most: a client knows an event again only if it has seen it.
      overlap: random.chance(0.5) ? 0 : isPositions ? random.whole(1, 4) : 1,
      heartbeatMs: random.pick(isPositions ? [5000, 15_000] : [0, 10_000, 15_000]),
      retryHints: random.chance(0.2) ? [0, 300, 2000] : [],
      maxBacklog: random.pick([4096, 65_536]),
    },
    idStyle: isPositions
      ? 'positions'
      : profile === 'no-ids'
        ? 'none'
        : random.pick(['words', 'numbers', 'false-positions']),
    historySize: isPositions ? random.pick([1, 3, 10, 40, 1000]) : Infinity,
    lineEnd: random.pick(['\n', '\n', '\r\n', '\r']),
    rules: {
      maxRetries: !isPooled && random.chance(0.3) ? random.whole(0, 4) : Infinity,
      retryDelay: random.pick([50, 1000, 1000, 3000]),
      minRetryDelay: 200,
      maxRetryDelay: random.pick([5000, 30_000]),
      jitter,
    },
    timeout: random.pick([5000, 30_000]),
    heartbeatInterval: random.chance(0.3) ? random.pick([10_000, 25_000]) : undefined,
    maxBufferedEvents: random.pick([1, 4, 20, 1000]),
    fromStart: isPositions && !isPooled && random.chance(0.2),
    isPooled,
    consumers: isPooled ? [drawConsumer(random), drawConsumer(random)] : [drawConsumer(random)],
    trouble: random.pick([0, 0.3, 0.7, 0.95]),
    losesHistory: isPositions && random.chance(0.5),
    publishEveryMs: random.pick([100, 500, 2000, 6000]),
    troubleMs: random.whole(20, 120) * 1000,
    ending: random.pick(['calm', 'calm', 'complete', 'abrupt']),
  }
}

export function drawConsumer(random: Random): ConsumerKind {
  return random.pick(['prompt', 'slow', 'iterating'])
}

/** What happens to one link, while things go wrong. */
export function drawFate(random: Random, trouble: number): Fate {
  if (!random.chance(trouble)) return { kind: 'calm' }
  const kind = random.pick(['cut', 'cut', 'cut', 'cut', 'refused', 'answer-lost', 'black-hole', 'unavailable'] as const)
  if (kind === 'unavailable') return { kind, retryAfterS: random.chance(0.5) ? random.whole(0, 20) : undefined }
  if (kind !== 'cut') return { kind }
  const afterBytes = random.chance(0.5) ? random.whole(0, 400) : random.whole(0, 6000)
  return { kind, how: random.pick(['error', 'error', 'end', 'silence']), afterBytes, afterMs: random.whole(0, 40_000) }
}
