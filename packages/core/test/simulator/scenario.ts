import type { IdStyle } from './channel-log.ts'
import type { LineEnd, TransportKind } from './link.ts'
import type { Random } from '../support/random.ts'
import type { RetryRules } from './retry-counters.ts'
import type { ServerOptions } from './server.ts'

/** How a subscriber takes its events. */
export type ConsumerKind = 'prompt' | 'slow' | 'iterating'
export type Overflow = 'block' | 'close-and-resume' | 'drop-oldest' | 'latest-by-key'

/** What kind of run it is; everything in it is drawn from the seed before the run begins. */
export interface Scenario {
  readonly server: ServerOptions
  readonly idStyle: IdStyle
  readonly historySize: number
  readonly lineEnd: LineEnd
  /** The best first. */
  readonly transports: readonly TransportKind[]
  /** Seconds for which polls are held. */
  readonly pollWait: number
  readonly rules: RetryRules
  readonly timeout: number
  readonly heartbeatInterval: number | undefined
  readonly maxBufferedEvents: number
  readonly overflow: Overflow | undefined
  readonly batch: 'frame' | number | undefined
  readonly fromStart: boolean
  readonly isPooled: boolean
  readonly consumers: readonly ConsumerKind[]
  readonly tokens: 'none' | 'refreshed' | 'fatal'
  readonly hasPage: boolean
  readonly pauseAfterMs: number | undefined
  /** Share of the links that something happens to. */
  readonly trouble: number
  readonly losesHistory: boolean
  readonly publishEveryMs: number
  /** How long things go wrong. */
  readonly troubleMs: number
  /** Everything is let come right, or the channel ends too, or all is closed in the midst of it. */
  readonly ending: 'calm' | 'complete' | 'abrupt'
  /** Whether it goes on until the best transport is in use. */
  readonly untilBest: boolean
}

export function drawScenario(random: Random): Scenario {
  const profile = random.pick([
    'positions',
    'positions',
    'positions',
    'positions',
    'replay',
    'replay-all',
    'no-ids',
  ] as const)
  const isPositions = profile === 'positions'
  const isPooled = random.chance(0.35)
  const transports = drawTransports(random, profile)
  // A client remembers no more than some thousands of plain ids.
  const publishEveryMs = random.pick(profile === 'replay-all' ? [500, 2000, 6000] : [100, 500, 2000, 6000])
  const delivery = drawDelivery(random, transports, profile, publishEveryMs)
  // Over a socket that is not ours nobody can say that there is no more.
  const canComplete = isPositions || transports[0] === 'sse'
  return {
    server: drawServer(random, profile, delivery.mayClose),
    idStyle: isPositions
      ? 'positions'
      : profile === 'no-ids'
        ? 'none'
        : random.pick(['words', 'numbers', 'false-positions']),
    historySize: isPositions ? random.pick([1, 3, 10, 40, 1000]) : Infinity,
    lineEnd: random.pick(['\n', '\n', '\r\n', '\r']),
    transports,
    pollWait: random.pick([0, 2, 25, 25]),
    rules: {
      maxRetries: !isPooled && random.chance(delivery.drops ? 0.6 : 0.3) ? random.whole(0, 4) : Infinity,
      retryDelay: random.pick([50, 1000, 1000, 3000]),
      minRetryDelay: 200,
      maxRetryDelay: random.pick([5000, 30_000]),
      jitter: random.pick([1, 1, 0.5, 0]),
    },
    timeout: random.pick([5000, 30_000]),
    // Twice this must be more than a poll is held.
    heartbeatInterval: random.chance(0.3) ? random.pick([15_000, 25_000]) : undefined,
    maxBufferedEvents: delivery.maxBufferedEvents,
    overflow: delivery.overflow,
    batch: random.chance(0.25) ? random.pick(['frame', 0, 50, 700] as const) : undefined,
    fromStart: isPositions && !isPooled && random.chance(0.2),
    isPooled,
    consumers: isPooled
      ? [drawConsumer(random), drawConsumer(random)]
      : [delivery.drops && random.chance(0.5) ? 'slow' : drawConsumer(random)],
    tokens:
      isPositions && random.chance(0.35)
        ? random.pick(['refreshed', 'refreshed', 'refreshed', isPooled ? 'refreshed' : 'fatal'] as const)
        : 'none',
    hasPage: random.chance(0.6),
    pauseAfterMs: random.chance(0.4) ? random.pick([0, 2000, 20_000]) : undefined,
    trouble: random.pick([0, 0.3, 0.7, 0.95]),
    losesHistory: isPositions && random.chance(0.5),
    publishEveryMs,
    troubleMs: random.whole(20, isPositions && random.chance(transports.length > 1 ? 0.3 : 0.1) ? 600 : 120) * 1000,
    ending: random.pick(['calm', 'calm', canComplete ? 'complete' : 'calm', 'abrupt'] as const),
    untilBest: random.chance(0.5),
  }
}

function drawTransports(random: Random, profile: ServerOptions['profile']): TransportKind[] {
  if (profile === 'no-ids') return [random.pick(['sse', 'sse', 'websocket'] as const)]
  if (profile !== 'positions') return ['sse']
  const all: TransportKind[] = ['sse', 'websocket', 'polling']
  const order = random.chance(0.5)
    ? all
    : all
        .map((kind) => [random.next(), kind] as const)
        .sort(([a], [b]) => a - b)
        .map(([, kind]) => kind)
  return order.slice(0, random.pick([1, 1, 2, 3]))
}

function drawDelivery(
  random: Random,
  transports: readonly TransportKind[],
  profile: ServerOptions['profile'],
  publishEveryMs: number,
) {
  // Who is sent everything anew after each few events never gets through it.
  const closing = profile === 'replay-all' ? 'block' : 'close-and-resume'
  const overflow = random.chance(0.5)
    ? random.pick(['block', closing, closing, 'drop-oldest', 'latest-by-key'] as const)
    : undefined
  const mayClose = overflow === 'close-and-resume' || transports.includes('websocket')
  // A buffer that a round trip fills cannot keep up.
  const maxBufferedEvents = random.pick(
    !mayClose ? [1, 4, 20, 1000] : publishEveryMs < 2000 ? [20, 1000] : [4, 20, 1000],
  )
  const drops = overflow === 'drop-oldest' || overflow === 'latest-by-key'
  return { overflow, mayClose, maxBufferedEvents, drops }
}

function drawServer(random: Random, profile: ServerOptions['profile'], mayClose: boolean): ServerOptions {
  const isPositions = profile === 'positions'
  return {
    profile,
    gapStyle: random.pick(['event', 'event', 'greeting', 'silent']),
    // With plain ids the asked-for event at most: a client knows an event again only if it has seen it.
    overlap: random.chance(0.5) ? 0 : isPositions ? random.whole(1, 4) : 1,
    heartbeatMs: random.pick(isPositions ? [5000, 15_000] : [0, 10_000, 15_000]),
    // Of a link that is ended for a full buffer nobody can say whether it got as far as the hint.
    retryHints: !mayClose && random.chance(0.2) ? [0, 300, 2000] : [],
    maxBacklog: random.pick([512, 4096, 65_536]),
  }
}

export function drawConsumer(random: Random): ConsumerKind {
  return random.pick(['prompt', 'slow', 'iterating'])
}
