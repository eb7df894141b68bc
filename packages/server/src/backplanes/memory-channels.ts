import { monotonicMs, randomToken } from '../env.ts'
import { History } from '../history.ts'
import { createSweep } from '../sweep.ts'

import type { HistoryLimits } from '../history.ts'
import type { Receiver } from './backplane.ts'
import type { RecentKeys } from './recent-keys.ts'

export interface MemoryChannel {
  readonly epoch: string
  readonly history: History
  readonly receivers: Set<Receiver>
  /** Made for the first event that has a key. */
  recentKeys: RecentKeys | undefined
  completed: boolean
  /** When it was last used. A completed channel ages from its completion on, however often it is read. */
  usedAt: number
}

export interface MemoryChannels {
  /** The channel of this key, a new one where there is none or it has aged. */
  use(key: string): MemoryChannel
  clear(): void
}

const epochBytes = 9

/** Channels by key, which are forgotten when nobody has used them for so long, or when there are too many. */
export function createMemoryChannels(maxChannels: number, limits: HistoryLimits): MemoryChannels {
  // In order of use, so that the first idle one is the one to forget.
  const channels = new Map<string, MemoryChannel>()
  const sweep = createSweep(Math.min(Math.max(limits.ttlMs / 2, 100), 30_000), expire)

  function isIdle(channel: MemoryChannel, now: number): boolean {
    return channel.receivers.size === 0 && now - channel.usedAt >= limits.ttlMs
  }

  function expire(): void {
    const now = monotonicMs()
    for (const [key, channel] of channels) {
      if (isIdle(channel, now)) channels.delete(key)
      else {
        channel.history.prune(now)
        channel.recentKeys?.prune(now)
      }
    }
    if (channels.size === 0) sweep.stop()
  }

  function makeRoom(): void {
    for (const [key, channel] of channels) {
      if (channels.size < maxChannels) return
      if (channel.receivers.size === 0) channels.delete(key)
    }
  }

  return {
    use(key) {
      const now = monotonicMs()
      let channel = channels.get(key)
      if (channel && isIdle(channel, now)) channel = undefined
      channels.delete(key)
      if (!channel) {
        makeRoom()
        channel = createChannel(limits, now)
      }
      if (!channel.completed) channel.usedAt = now
      channels.set(key, channel)
      sweep.start()
      return channel
    },

    clear() {
      sweep.stop()
      channels.clear()
    },
  }
}

function createChannel(limits: HistoryLimits, usedAt: number): MemoryChannel {
  return {
    epoch: randomToken(epochBytes),
    history: new History(limits),
    receivers: new Set(),
    recentKeys: undefined,
    completed: false,
    usedAt,
  }
}
