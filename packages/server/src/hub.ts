import { createEncodedPages } from './encoded-pages.ts'
import { Feed } from './feed.ts'
import { shareReads } from './shared-reads.ts'
import { createTurnFlush } from './turn-flush.ts'

import type { Backplane } from './backplanes/backplane.ts'
import type { ChannelName } from './channel.ts'
import type { Logger } from './logger.ts'
import type { Held } from './turn-flush.ts'

/** The local table channel -> feed. A feed exists while somebody holds it, and is subscribed for that long. */
export interface Hub {
  /**
   * Resolves once the feed is subscribed; to `undefined` where that would be one channel too many. Each call that
   * brings a feed is paired with one `release`.
   */
  acquire(name: ChannelName): Promise<Feed | undefined>
  release(feed: Feed): void
  /** How many hold each channel. */
  holders(): { channel: string; subscribers: number }[]
  /** What this session is written in this turn, on whatever channels, leaves together. */
  hold(session: Held): void
  /** Sends at once what waits for the end of the turn. */
  flush(): void
}

interface Seat {
  readonly feed: Feed
  readonly subscribed: Promise<() => void>
  holders: number
}

export function createHub(backplane: Backplane, maxChannels: number, logger: Logger): Hub {
  const seats = new Map<string, Seat>()
  const reads = shareReads(backplane)
  const pages = createEncodedPages()
  const turn = createTurnFlush()

  function onError(feed: Feed, error: unknown): void {
    logger.error({ err: error, channel: feed.label }, 'reading history failed, its client was cut off')
  }

  function open(name: ChannelName): Seat {
    const feed = new Feed(name, { backplane: reads, pages, scheduleFlush: turn.schedule, onError })
    const seat = { feed, subscribed: backplane.subscribe(name.key, feed), holders: 0 }
    seats.set(name.key, seat)
    return seat
  }

  function leave(seat: Seat): void {
    if (--seat.holders > 0) return
    if (seats.get(seat.feed.key) === seat) seats.delete(seat.feed.key)
    seat.subscribed.then(
      (unsubscribe) => unsubscribe(),
      () => {}, // whoever acquired it was told
    )
  }

  return {
    async acquire(name) {
      let seat = seats.get(name.key)
      if (!seat && seats.size >= maxChannels) return undefined
      seat ??= open(name)
      seat.holders++
      try {
        await seat.subscribed
        return seat.feed
      } catch (error) {
        // All who wait for it leave in this turn, so that the next request subscribes anew.
        leave(seat)
        throw error
      }
    },

    release(feed) {
      const seat = seats.get(feed.key)
      if (seat?.feed === feed) leave(seat)
    },

    holders: () => Array.from(seats.values(), ({ feed, holders }) => ({ channel: feed.label, subscribers: holders })),
    hold: turn.hold,
    flush: turn.flush,
  }
}
