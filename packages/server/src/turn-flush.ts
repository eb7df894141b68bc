import { atTurnEnd } from './env.ts'

import type { Feed } from './feed.ts'

/** A session that follows several channels. */
export interface Held {
  hold(): void
  release(): void
}

/** What is written in one turn leaves at its end. */
export interface TurnFlush {
  schedule(feed: Feed): void
  /** What this session is written in this turn, on whatever channels, leaves together. */
  hold(session: Held): void
  /** Sends at once what waits for the end of the turn. */
  flush(): void
}

// A few milliseconds' worth of writes.
const sessionsPerTurn = 2000

export function createTurnFlush(): TurnFlush {
  let dirty = new Set<Feed>()
  const held = new Set<Held>()

  function schedule(feed: Feed): void {
    if (dirty.size === 0) atTurnEnd(flushSome)
    dirty.add(feed)
  }

  /** Goes on in the next turn where there are many sessions, so that timers and the others' requests have theirs. */
  function flushSome(): void {
    const feeds = dirty
    dirty = new Set()
    let room = sessionsPerTurn
    for (const feed of feeds) {
      if (room > 0) room -= feed.flush(room)
      if (feed.isBusy) schedule(feed)
    }
    releaseAll()
  }

  function releaseAll(): void {
    for (const session of held) session.release()
    held.clear()
  }

  return {
    schedule,

    hold(session) {
      if (held.has(session)) return
      if (held.size === 0) atTurnEnd(releaseAll)
      held.add(session)
      session.hold()
    },

    flush() {
      for (const feed of dirty) feed.flush()
      releaseAll()
    },
  }
}
