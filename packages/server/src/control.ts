import { closeCodes } from '@steadystream/core/protocol'

import { nameChannel } from './channel.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane } from './backplanes/backplane.ts'
import type { Callers, Revocation } from './callers.ts'
import type { Channel } from './channel.ts'
import type { ChannelEvent } from './channel-event.ts'
import type { Desks } from './desks.ts'
import type { Logger } from './logger.ts'
import type { SessionTable } from './session-table.ts'

/** What is taken from users while they are connected, in every process that shares the backplane. */
export interface Control {
  /** Hears of what other processes take away, from when the first user comes. */
  listen(): void
  disconnect(userId: string): Promise<void>
  unsubscribe(userId: string, channel: Channel): Promise<void>
}

/** The kinds of channels have keys of their own (see `nameChannel`), so that no client reads or writes this one. */
const controlKey = 'control:sessions'

/** All that something can be taken from. */
interface Holders {
  readonly sessions: SessionTable
  readonly desks: Desks
  readonly callers: Callers
}

export function createControl(backplane: Backplane, holders: Holders, logger: Logger): Control {
  let isListening = false
  let last: Position | undefined

  function take(event: ChannelEvent): void {
    const order = readOrder(event.json)
    if (order) takeFrom(holders, order)
    else logger.warn({}, 'a control message could not be read')
  }

  function receive(event: ChannelEvent): void {
    const before = last
    if (before?.epoch === event.epoch && event.offset <= before.offset) return
    const isNext = !before || (before.epoch === event.epoch && event.offset === before.offset + 1)
    if (!isNext) return takeUpTo(event)
    last = event
    take(event)
  }

  /** Some were lost on the way; what they took away has to be taken. */
  function takeUpTo(top: Position): void {
    const after = last?.epoch === top.epoch ? last.offset : 0
    last = top
    backplane
      .read(controlKey, { after, limit: Math.max(0, top.offset - after) })
      .then(({ events }) => events.forEach(take), readingFailed)
  }

  function readingFailed(error: unknown): void {
    logger.error({ err: error }, 'reading control messages failed')
  }

  async function readTop(): Promise<Position> {
    const { epoch, top } = await backplane.read(controlKey, { after: 0, limit: 0 })
    return { epoch, offset: top }
  }

  async function follow(): Promise<void> {
    // What was taken before is no concern of those who connect from now on: it is not taken again after a lost link.
    const start = (last ??= await readTop())
    await backplane.subscribe(controlKey, { event: receive, missed: takeUpTo, complete() {} })
    // What came in between is not brought. Whatever was brought since has taken it already.
    const takeMissed = (top: Position) => {
      if (last === start && (top.epoch !== start.epoch || top.offset > start.offset)) takeUpTo(top)
    }
    await readTop().then(takeMissed, readingFailed)
  }

  async function order(given: Revocation): Promise<void> {
    // Here at once, whatever becomes of the backplane; that it comes back from there changes nothing.
    takeFrom(holders, given)
    await backplane.publish(controlKey, JSON.stringify(given))
  }

  return {
    listen() {
      if (isListening) return
      isListening = true
      follow().catch((error: unknown) => {
        isListening = false
        logger.error({ err: error }, 'listening to control messages failed')
      })
    },
    disconnect: (userId) => order({ userId }),
    unsubscribe: (userId, channel) => order({ userId, channel: nameChannel(channel).label }),
  }
}

/** In this process. */
function takeFrom({ sessions, desks, callers }: Holders, order: Revocation): void {
  const { userId, channel } = order
  callers.revoke(order)
  if (channel !== undefined) {
    for (const desk of desks) {
      if (desk.session.userId === userId) desk.revoke((followed) => nameChannel(followed).label === channel)
    }
  }
  const code = channel === undefined ? closeCodes.disconnected : closeCodes.forbidden
  for (const session of sessions) {
    if (session.userId !== userId || (channel !== undefined && !session.follows(channel))) continue
    session.end({ ...code, reconnect: false })
  }
}

/** Messages of a backplane come from outside this process, and are not trusted to be well-formed. */
function readOrder(json: string): Revocation | undefined {
  try {
    const value: unknown = JSON.parse(json)
    const { userId, channel } = Object(value) as { readonly userId?: unknown; readonly channel?: unknown } // both checked
    if (typeof userId !== 'string') return undefined
    if (channel === undefined) return { userId }
    return typeof channel === 'string' ? { userId, channel } : undefined
  } catch {
    return undefined
  }
}
