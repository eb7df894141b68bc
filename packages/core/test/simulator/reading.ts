import { controlEvents } from '@steadystream/core/protocol'

import type { ChannelLog } from './channel-log.ts'
import type { ConnectionRules } from './connection-rules.ts'
import type { Link } from '@steadystream/core'
import type { SimulatedLink } from './link.ts'
import type { World } from './world.ts'

type TransportEvent = Parameters<Link['event']>[0]

/** Where a connection is in its channel, by what its links have brought. */
export interface Cursor {
  readonly id: string
  /** Number of the last event read that was new; 0 before the first. */
  readonly number: number
}

/** What one connection has read, worked out from what its transports told, and held against what the server published. */
export interface Reading {
  /** A new connection, which knows nothing but `lastEventId`. */
  begin(lastEventId: string): void
  /** @param isTaken whether the stream took it, or knew it already; undefined where nobody can tell */
  event(link: SimulatedLink, event: TransportEvent, isTaken: boolean | undefined): ReadEvent
  readonly cursor: Cursor
  readonly accepted: number
  readonly duplicates: number
  /** Link that an event was read from. */
  linkOf(number: number): number | undefined
}

/** What there was to an event. */
export interface ReadEvent {
  readonly heartbeatMs?: number
  /** Number of the event, if it was one of the channel's. */
  readonly number?: number
  /** Where the connection was placed by it. */
  readonly place?: string
}

export function createReading(world: World, log: ChannelLog, rules: ConnectionRules): Reading {
  let cursor: Cursor = { id: '', number: 0 }
  let known = new Set<string>()
  // Only a server that greets has positions, and it greets on each link first.
  let greetedLink = 0
  let accepted = 0
  let duplicates = 0
  const linkOf = new Map<number, number>()

  function moveTo(link: SimulatedLink, id: string): void {
    if (id !== cursor.id) rules.gained('progress')
    const isTrusted = greetedLink === link.number
    cursor = { id, number: isTrusted ? (log.countAt(id) ?? 0) : cursor.number }
  }

  /** Whether the client has not had this event before, as far as a client can know. */
  function isNew(link: SimulatedLink, number: number, id: string | undefined): boolean {
    if (id === undefined) return true
    return greetedLink === link.number ? number > cursor.number : !known.has(id)
  }

  function take(link: SimulatedLink, number: number, id: string | undefined): void {
    accepted++
    rules.gained('event')
    if (id !== undefined) known.add(id)
    if (id !== undefined && id !== cursor.id) rules.gained('progress')
    cursor = { id: id ?? '', number }
    linkOf.set(number, link.number)
  }

  function published(link: SimulatedLink, { id, data }: TransportEvent, isTaken: boolean | undefined): ReadEvent {
    const { number } = JSON.parse(data) as { number: number }
    const entry = log.entries[number - 1]
    if (entry?.data !== data || (id ?? '') !== entry.id)
      world.fail(`link ${link.number} tells ${id} ${data}, and the server sent ${entry?.id} ${entry?.data}`)
    const shouldTake = isNew(link, number, id)
    if (isTaken !== undefined && isTaken !== shouldTake)
      world.fail(`link ${link.number}: #${number} is ${isTaken ? 'taken' : 'dropped'}, after #${cursor.number}`)
    if (shouldTake) take(link, number, id)
    else duplicates++
    return { number }
  }

  return {
    begin(lastEventId) {
      cursor = { id: lastEventId, number: log.byId(lastEventId)?.number ?? log.countAt(lastEventId) ?? 0 }
      known = new Set()
      accepted = duplicates = 0
    },
    event(link, event, isTaken) {
      const { type, id, data } = event
      if (type === 'message') return published(link, event, isTaken)
      const { heartbeatInterval, retryMs = 0 } = JSON.parse(data) as { heartbeatInterval?: number; retryMs?: number }
      if (type === controlEvents.close) link.floorMs = retryMs
      if (type === controlEvents.connected) greetedLink = link.number
      if (id !== undefined) moveTo(link, id)
      return {
        ...(heartbeatInterval && { heartbeatMs: heartbeatInterval }),
        ...(type === controlEvents.connected && { place: id ?? '' }),
      }
    },
    get cursor() {
      return cursor
    },
    get accepted() {
      return accepted
    },
    get duplicates() {
      return duplicates
    },
    linkOf: (number) => linkOf.get(number),
  }
}
