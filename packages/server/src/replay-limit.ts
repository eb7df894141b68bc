import { RateTable } from './rate-table.ts'

import type { Joint } from './join-channel.ts'

// A client that missed less than this is catching up, and costs little; polls do so all the time.
const replayEvents = 100

/** How often each client may have history replayed to it: coming back again and again from long ago is cheap for it alone. */
export interface ReplayLimit {
  /**
   * Whether these may be served to the client of this key; `undefined` is nobody who could be told from others. What is
   * asked for at once is one replay: a poll of more channels than the limit would never be answered.
   */
  admits(key: string | undefined, joints: readonly Joint[]): boolean
}

export function createReplayLimit(perMinute: number): ReplayLimit {
  const table = new RateTable(perMinute, perMinute / 60)
  return {
    admits: (key, joints) => key === undefined || !joints.some(isReplay) || table.take(key),
  }
}

function isReplay({ plan, extent }: Joint): boolean {
  return extent.top - plan.cursor.offset > replayEvents
}
