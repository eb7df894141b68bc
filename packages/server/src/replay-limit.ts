import { RateTable } from './rate-table.ts'

import type { ChannelExtent, Plan } from './resume.ts'

// A client that missed less than this is catching up, and costs little; polls do so all the time.
const replayEvents = 100

/** How often each client may have history replayed to it: coming back again and again from long ago is cheap for it alone. */
export interface ReplayLimit {
  /** Whether this may be served to the client of this key; `undefined` is nobody who could be told from others. */
  admits(key: string | undefined, plan: Plan, extent: ChannelExtent): boolean
}

export function createReplayLimit(perMinute: number): ReplayLimit {
  const table = new RateTable(perMinute, perMinute / 60)
  return {
    admits: (key, { cursor }, { top }) => key === undefined || top - cursor.offset <= replayEvents || table.take(key),
  }
}
