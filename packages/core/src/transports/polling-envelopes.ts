import { parsePosition } from '../protocol/position.ts'
import { createEnvelopeReader } from './envelope-reader.ts'
import { refuse } from './polling-loop.ts'

import type { Link, Manner } from './transport.ts'

/** How much longer than a server may hold a request its answer may take. */
const slackMs = 5000

/** Asks for what comes after a position (`''`: none is known), and for how many seconds the server may hold the request. */
export type AskSince = (signal: AbortSignal, since: string, wait: number) => Promise<Response>

/** Long polling of an endpoint of ours, which tells the link what the SSE wire would. */
export function followEnvelopes(link: Link, wait: number, ask: AskSince): Manner {
  const read = createEnvelopeReader(link)
  let since = link.lastEventId
  return {
    // The first one is not held: until it is answered nobody knows whether the server is there.
    ask: (signal, isFirst) => ask(signal, since, isFirst ? 0 : wait),
    async take(body, response, isFirst) {
      const { events, positions } = Object(body) as Record<string, unknown> // each is checked
      const position: unknown = Object.values(Object(positions))[0]
      if (!Array.isArray(events) || typeof position !== 'string' || !parsePosition(position))
        throw refuse(response, link.clock, '{ events, positions } or pass parse')
      if (isFirst) {
        link.opened()
        read({ type: 'connected', heartbeatInterval: wait * 1000 + slackMs })
        // Else the position is behind what is told next: a gap, or events of a channel that is read from its start.
        const isInPlace = since ? typeOf(events[0]) !== 'gap' : !events.length
        if (isInPlace) read({ type: 'subscribed', position: since || position })
      }
      for (const envelope of events) {
        for (let room; (room = link.ready());) await room
        if (link.signal.aborted) return false
        read(envelope)
        if (typeOf(envelope) === 'complete') return undefined
      }
      // Servers that know nothing of each other, taking turns, would have gaps to tell for ever.
      const hasMore = isFirst || (typeOf(events.at(-1)) === 'event' && position !== since)
      since = position
      return hasMore
    },
  }
}

const typeOf = (envelope: unknown): unknown => Object(envelope).type
