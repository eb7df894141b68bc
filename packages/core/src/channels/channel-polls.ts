import { formatPosition, parsePosition } from '../protocol/position.ts'
import { refuse } from '../transports/polling-loop.ts'

import type { ChannelSide, Link, Manner } from '../transports/transport.ts'

/** How much longer than a server may hold a request its answer may take. */
const slackMs = 5000

type Fields = Readonly<Record<string, unknown>>

/**
 * Polls of many channels, told as a stream of them would be: `connected` first, and `subscribed` where a channel is asked
 * for anew.
 * @param tell what is told of the connection
 */
export function followByPolls(
  link: Link,
  wait: number,
  side: ChannelSide,
  tell: (type: string, message: Fields) => void,
  request: (link: Link) => Promise<Response>,
): { readonly manner: Manner; readonly anew: () => void } {
  let asked: Fields = {}
  /** Where the last answer ended; nothing, if something else is asked since. */
  let reached: Fields | undefined
  let asking: AbortController | undefined
  let isHeld = false
  const isNew = (label: string) => asked[label] !== reached?.[label]

  /** What a stream would say of a channel that begins with this answer. */
  function subscribed(channel: string, position: unknown, first: Fields): Fields {
    const { type, to = position } = first
    const next = type === 'event' && parsePosition(String(first['position']))
    const place = next ? formatPosition({ ...next, offset: next.offset - 1 }) : to
    // Where nothing was asked for, only a gap says whether it was honoured.
    const recovered = type === 'gap' ? false : parsePosition(String(asked[channel])) && true
    return { type: 'subscribed', channel, position: place, recovered }
  }

  const manner: Manner = {
    async ask(signal) {
      for (;;) {
        const controller = (asking = new AbortController())
        signal.onabort = () => controller.abort()
        const channels = (asked = side.asked())
        // Whoever begins is to know where, and not when the first event comes.
        isHeld = !!reached && !Object.keys(asked).some(isNew)
        reached ??= {}
        const body = { channels, wait: isHeld ? wait : 0 }
        try {
          const response = await request({ ...link, signal: controller.signal, request: { body } })
          // What has begun comes to its end: an abort would look like a loss.
          asking = undefined
          return response
        } catch (error) {
          if (signal.aborted || !controller.signal.aborted) throw error
        }
      }
    },
    async take(body, response, isFirst) {
      const { events, positions } = Object(body) as Fields // each is checked
      if (!Array.isArray(events) || !positions) throw refuse(response, link.clock, '{ events, positions }')
      if (isFirst) {
        link.opened()
        // The state is told in a turn of its own, and goes first.
        await Promise.resolve()
        if (link.signal.aborted) return false
        tell('steadystream.connected', { heartbeatInterval: wait * 1000 + slackMs })
      }
      const all = events.map((each) => Object(each) as Fields)
      // What is asked by now brings this as well.
      if (!reached) return true
      for (const [label, position] of Object.entries(positions))
        if (isNew(label)) side.take(subscribed(label, position, all.find(({ channel }) => channel === label) ?? {}))
      for (const envelope of all) {
        for (let room; (room = link.ready());) await room
        if (link.signal.aborted) return false
        side.take(envelope)
      }
      reached &&= positions as Fields
      return !isHeld || all.at(-1)?.['type'] === 'event'
    },
  }
  const anew = () => {
    reached = undefined
    asking?.abort()
  }
  return { manner, anew }
}
