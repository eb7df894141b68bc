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
] as const

export type TabFault = (typeof tabFaults)[number]

/** What kind of run it is, drawn from the seed before the run begins. */
export interface TabScenario {
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
}

export function drawTabScenario(random: Random): TabScenario {
  const tabs = random.whole(2, 5)
  const each = (probability: number) => Array.from({ length: 12 }, () => random.chance(probability))
  const kinds = random.whole(1, 4)
  return {
    tabs,
    fromStart: each(random.pick([0, 0.4])),
    slow: each(random.pick([0, 0, 0.3])),
    messageMs: random.pick([1, 5, 40]),
    serverMs: random.pick([1, 20, 300]),
    publishEveryMs: random.pick([200, 1000, 4000]),
    burst: random.pick([1, 1, 12]),
    faultEveryMs: random.pick([200, 2000, 10_000]),
    // Few kinds in one run, so that each is seen without the others, too.
    faults: Array.from({ length: kinds }, () => random.pick(tabFaults)),
    troubleMs: random.whole(5, 25) * 1000,
    ending: random.pick(['calm', 'calm', 'complete'] as const),
  }
}
