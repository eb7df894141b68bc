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
  /** Whether something keeps the first transport from the server: while there is trouble, or for good. */
  readonly blocked: 'no' | 'for a while' | 'for good'
  /** Share of the commands beside a stream that fail, reach another process, or are never answered. */
  readonly strayCommands: number
  /** Share of the channels that cannot be served when they are asked for. */
  readonly unavailable: number
  readonly losesHistory: boolean
  readonly maxBufferedEvents: number
  readonly slowShare: number
  readonly troubleMs: number
  /** Tabs that share a connection; 0: a client by itself. */
  readonly tabs: number
  /** The longest way of a message from tab to tab. */
  readonly messageMs: number
}

/** What a run may meet. */
export const channelFaults = [
  'asked at once',
  'begun again',
  'channel unavailable',
  'command lost',
  'command to another process',
  'command unanswered',
  'cut by end',
  'cut by error',
  'cut in silence',
  'fell back',
  'fell back over tabs',
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
  'tab closed',
  'tab killed',
  'tab opened',
  'tab stands still',
  'tail lost',
  'upgraded',
  'upgraded over tabs',
] as const

export type ChannelFault = (typeof channelFaults)[number]

export function drawChannelScenario(random: Random): ChannelScenario {
  const kinds: readonly TransportKind[] = ['sse', 'websocket', 'polling']
  const first = random.pick(kinds)
  const transports = random.chance(0.4) ? [first, random.pick(kinds.filter((kind) => kind !== first))] : [first]
  return {
    transports,
    labels: Array.from({ length: random.pick([1, 1, 2, 5]) }, (_, n) => `c${n}`),
    historySize: random.pick([2, 10, 1000]),
    publishEveryMs: random.pick([50, 300, 2000]),
    latencyMs: random.whole(1, 150),
    trouble: random.pick([0, 0.4, 0.9]),
    blocked: transports.length > 1 ? random.pick(['no', 'for a while', 'for good'] as const) : 'no',
    strayCommands: random.pick([0, 0.2]),
    unavailable: random.pick([0, 0, 0.2]),
    losesHistory: random.chance(0.4),
    maxBufferedEvents: random.pick([10, 1000]),
    slowShare: random.pick([0, 0.4]),
    troubleMs: random.whole(5, 60) * 1000,
    tabs: random.pick([0, 0, 2, 3]),
    messageMs: random.pick([1, 5, 40, 400]),
  }
}
