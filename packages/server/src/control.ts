import { closeCodes } from '@steadystream/core/protocol'

import { nameChannel } from './channel.ts'
import { followOrders } from './follow-orders.ts'

import type { Backplane } from './backplanes/backplane.ts'
import type { Callers, Revocation } from './callers.ts'
import type { Channel } from './channel.ts'
import type { Desks } from './desks.ts'
import type { Logger } from './logger.ts'
import type { SessionTable } from './session-table.ts'

/** What is taken from users while they are connected, in every process that shares the backplane. */
export interface Control {
  /** Hears of what other processes take away, from when the first user comes. */
  listen(): void
  disconnect(userId: string): Promise<void>
  unsubscribe(userId: string, channel: Channel): Promise<void>
  close(): void
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
  const orders = followOrders({
    backplane,
    key: controlKey,
    take(event) {
      const order = readOrder(event.json)
      if (order) takeFrom(holders, order)
      else logger.warn({}, 'a control message could not be read')
    },
    onFailure: (error) => logger.error({ err: error }, 'listening to control messages failed, it is tried again'),
  })

  async function order(given: Revocation): Promise<void> {
    // Here at once, whatever becomes of the backplane; that it comes back from there changes nothing.
    takeFrom(holders, given)
    await backplane.publish(controlKey, JSON.stringify(given))
  }

  return {
    listen: orders.begin,
    disconnect: (userId) => order({ userId }),
    unsubscribe: (userId, channel) => order({ userId, channel: nameChannel(channel).label }),
    close: orders.stop,
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
