import { completeBlock } from './blocks.ts'
import { answerOf } from './envelopes.ts'
import { opening } from './opening.ts'

import type { Asked, OpeningOptions } from './opening.ts'
import type { Block } from './blocks.ts'
import type { ChannelLog } from './channel-log.ts'
import type { Random } from '../support/random.ts'
import type { Tokens } from './tokens.ts'
import type { World } from './world.ts'

/** The server's end of one poll. */
export interface Poll extends Asked {
  readonly token: string
  readonly waitMs: number
  respond(status: number, text?: string): void
  reset(): void
  isGone(): boolean
}

/** Answers polls: at once if there is something to tell, else when there is, or after the wait. */
export interface PollDesk {
  answer(poll: Poll): void
  /** Something was published, or the channel is complete. */
  changed(): void
  /** Answers everybody who waits with what there is. */
  sendAway(): void
  crash(): void
}

interface DeskHost {
  isComplete(): boolean
  hasGap(gap: string | undefined): void
  refuses(): void
}

export function createPollDesk(
  world: World,
  random: Random,
  log: ChannelLog,
  options: OpeningOptions,
  tokens: Tokens,
  host: DeskHost,
): PollDesk {
  const waiting = new Map<Poll, () => void>()
  const style = { ...options, gapStyle: 'event', overlap: 0 } as const
  let isTelling = false

  function stopWaiting(poll: Poll): void {
    waiting.get(poll)?.()
    waiting.delete(poll)
  }

  /** @returns whether there was something to tell, or it was said that there is not. */
  function tell(poll: Poll, isLast: boolean): void {
    if (poll.isGone()) return stopWaiting(poll)
    const { lastEventId, fromStart } = poll
    const isFresh = lastEventId === '' && !fromStart
    const { blocks, gap, place } = opening(log, style, poll)
    const events: Block[] = isFresh ? [] : blocks.filter(({ kind }) => kind !== 'connected')
    // An answer may hold only the first of many.
    const given = random.chance(0.2) ? events.slice(0, random.whole(1, 20)) : events
    if (host.isComplete() && given.length === events.length && !isFresh) given.push(completeBlock())
    if (given.length === 0 && !isLast && !isFresh) return
    host.hasGap(gap)
    stopWaiting(poll)
    poll.respond(200, answerOf(given, given.findLast(({ id }) => id !== undefined)?.id ?? place))
  }

  return {
    answer(poll) {
      if (!tokens.isValid(poll.token)) {
        host.refuses()
        return poll.respond(401)
      }
      waiting.set(
        poll,
        world.onServer(poll.waitMs, () => tell(poll, true)),
      )
      tell(poll, poll.waitMs === 0)
    },
    changed() {
      // What is published in one turn is told in one answer.
      if (isTelling) return
      isTelling = true
      world.onServer(0, () => {
        isTelling = false
        for (const poll of [...waiting.keys()]) tell(poll, false)
      })
    },
    sendAway() {
      for (const poll of [...waiting.keys()]) tell(poll, true)
    },
    crash() {
      for (const poll of [...waiting.keys()]) {
        stopWaiting(poll)
        poll.reset()
      }
    },
  }
}
