import type { TransportKind } from '../link.ts'
import type { Random } from '../../support/random.ts'

/** What kind of run it is; everything in it is drawn from the seed before the run begins. */
export interface ChannelScenario {
  /** The best first. */
  readonly transports: readonly TransportKind[]
  readonly labels: readonly string[]
  readonly historySize: number
  readonly publishEveryMs: number
  readonly latencyMs: number
  /** Share of the links that something happens to. */
  readonly trouble: number
  /** Share of the commands beside a stream that fail, or reach another process. */
  readonly strayCommands: number
  /** Share of the channels that cannot be served when they are asked for. */
  readonly unavailable: number
  readonly losesHistory: boolean
  readonly maxBufferedEvents: number
  readonly slowShare: number
  readonly troubleMs: number
}

/** What a run may meet. */
export const channelFaults = [
  'asked at once',
  'begun again',
  'channel unavailable',
  'command lost',
  'command to another process',
  'cut by end',
  'cut by error',
  'cut in silence',
  'gap',
  'history gone',
  'left',
  'machine sleeps',
  'publication unconfirmed',
  'reconnected',
  'refused',
  'subscribed from a position',
  'subscribed from now',
  'subscribed from start',
] as const

export type ChannelFault = (typeof channelFaults)[number]

export function drawChannelScenario(random: Random): ChannelScenario {
  const kinds: readonly TransportKind[] = ['sse', 'websocket', 'polling']
  const first = random.pick(kinds)
  const transports = random.chance(0.3) ? [first, random.pick(kinds.filter((kind) => kind !== first))] : [first]
  return {
    transports,
    labels: Array.from({ length: random.pick([1, 1, 2, 5]) }, (_, n) => `c${n}`),
    historySize: random.pick([2, 10, 1000]),
    publishEveryMs: random.pick([50, 300, 2000]),
    latencyMs: random.whole(1, 150),
    trouble: random.pick([0, 0.4, 0.9]),
    strayCommands: random.pick([0, 0.2]),
    unavailable: random.pick([0, 0, 0.2]),
    losesHistory: random.chance(0.4),
    maxBufferedEvents: random.pick([10, 1000]),
    slowShare: random.pick([0, 0.4]),
    troubleMs: random.whole(5, 60) * 1000,
  }
}
