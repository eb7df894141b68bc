import type { NumbersSpeech } from '../../support/numbers-server.ts'
import type { Random } from '../../support/random.ts'

/** What happens to tabs while there is trouble. */
export const tabFaults = [
  'tab opened',
  'tab closed',
  'tab killed',
  'leader killed',
  'leader stands still',
  'tab stands still',
  'leader frozen',
  'tab frozen',
  'leader cached',
  'tab cached',
  'stream restarted',
  'stream redialled',
  'links cut',
  'links muted',
  'server refuses',
  'history forgotten',
  'best transport blocked',
] as const

export type TabFault = (typeof tabFaults)[number]

/** What else a run may meet. */
export const tabWorlds = ['server of ids', 'server of nothing', 'fell back', 'upgraded'] as const

/** What kind of run it is, drawn from the seed before the run begins. */
export interface TabScenario {
  readonly speaks: NumbersSpeech
  /** The best first. */
  readonly transports: readonly string[]
  /** Whether what blocks the best transport stays. */
  readonly isBlockedForGood: boolean
  readonly tabs: number
  readonly fromStart: readonly boolean[]
  readonly slow: readonly boolean[]
  readonly messageMs: number
  readonly serverMs: number
  readonly publishEveryMs: number
  readonly burst: number
  readonly faultEveryMs: number
  readonly faults: readonly TabFault[]
  readonly troubleMs: number
  readonly ending: 'calm' | 'complete'
  /** When the channel completes, where it does so before the trouble is over. */
  readonly completesAfterMs: number | undefined
}

export function drawTabScenario(random: Random): TabScenario {
  const tabs = random.whole(2, 5)
  const each = (probability: number) => Array.from({ length: 12 }, () => random.chance(probability))
  const kinds = random.whole(1, 4)
  const speaks = random.pick(['positions', 'positions', 'ids', 'nothing'] as const)
  const transports = random.chance(0.25) ? ['best', 'other'] : ['best']
  const possible = tabFaults.filter(
    (fault) =>
      // Such a server can neither forget nor say so.
      (fault !== 'history forgotten' || speaks === 'positions') &&
      (fault !== 'best transport blocked' || transports.length > 1),
  )
  const faults = Array.from({ length: kinds }, () => random.pick(possible))
  const troubleMs = random.whole(5, 25) * 1000
  const ending = speaks === 'positions' ? random.pick(['calm', 'calm', 'complete'] as const) : 'calm'
  return {
    tabs,
    speaks,
    transports,
    isBlockedForGood: random.chance(0.5),
    // Where nothing has an ID, nothing can be asked for from its start.
    fromStart: each(speaks === 'nothing' ? 0 : random.pick([0, 0.4])),
    slow: each(random.pick([0, 0, 0.3])),
    messageMs: random.pick([1, 5, 40]),
    serverMs: random.pick([1, 20, 300]),
    publishEveryMs: random.pick([200, 1000, 4000]),
    burst: random.pick([1, 1, 12]),
    faultEveryMs: random.pick([200, 2000, 10_000]),
    // Few kinds in one run, so that each is seen without the others, too.
    faults: transports.length > 1 ? [...faults, 'best transport blocked'] : faults,
    troubleMs,
    ending,
    completesAfterMs: ending === 'complete' && random.chance(0.5) ? random.whole(1000, troubleMs) : undefined,
  }
}
