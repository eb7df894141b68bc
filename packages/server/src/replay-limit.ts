import { monotonicMs } from './env.ts'
import { TokenBucket } from './token-bucket.ts'

import type { ChannelExtent, Plan } from './resume.ts'

// A client that missed less than this is catching up, and costs little; polls do so all the time.
const replayEvents = 100
const pruneMs = 60_000

/** How often each client may have history replayed to it: coming back again and again from long ago is cheap for it alone. */
export interface ReplayLimit {
  /** Whether this may be served to the client of this key; `undefined` is nobody who could be told from others. */
  admits(key: string | undefined, plan: Plan, extent: ChannelExtent): boolean
}

export function createReplayLimit(perMinute: number): ReplayLimit {
  const buckets = new Map<string, TokenBucket>()
  let prunedAt = monotonicMs()

  function prune(now: number): void {
    if (now - prunedAt < pruneMs) return
    prunedAt = now
    for (const [key, bucket] of buckets) if (bucket.isFull(now)) buckets.delete(key)
  }

  return {
    admits(key, { cursor }, { top }) {
      if (key === undefined || top - cursor.offset <= replayEvents) return true
      const now = monotonicMs()
      prune(now)
      let bucket = buckets.get(key)
      if (!bucket) buckets.set(key, (bucket = new TokenBucket(perMinute, perMinute / 60, now)))
      return bucket.take(now)
    },
  }
}
