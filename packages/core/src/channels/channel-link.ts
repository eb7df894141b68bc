import { StreamError } from '../errors.ts'
import { confirm, sendAll } from './publishing.ts'
import { takeEnvelope } from './channel-news.ts'
import { askFor, leaveUnused, loseChannels } from './channel-table.ts'

import type { ClientEnvelope } from '../protocol/envelope.ts'
import type { ChannelSide, Link } from '../transports/transport.ts'
import type { Fields } from './channel-news.ts'
import type { ChannelTable } from './channel-table.ts'
import type { Give, Outbox } from './publishing.ts'

/** What is said to the server, and by what. Changed by the functions of this file only. */
export interface Talk {
  readonly table: ChannelTable
  readonly outbox: Outbox
  /** Has a new link bring everything in order. */
  readonly redial: () => void
  /** Takes commands, while a link does. */
  give?: Give | undefined
  link?: Link
  openedAt?: number
  cancelFlush?: (() => void) | undefined
  flushedAt?: number
  /** Frames that brought events. */
  news: number
}

/** Commands about channels go out together, and no more often. */
const commandIntervalMs = 100
/** Of a link that lasted less, what ended it is likely to end the next one as soon. */
const settledMs = 5000
/** A list of all channels has to fit into a request of 64 KiB: each is its label, a position and what goes around them. */
const maxListBytes = 65_500
const placeBytes = 40

/** What follows a link for a client. */
export function sideOf(talk: Talk, link: Link): ChannelSide {
  const { table, outbox } = talk
  // The link before may have been left in the turn in which it opened, which is told to nobody.
  lose(talk)
  return {
    asked: () => ask(table, true),
    take(frame) {
      if (link.signal.aborted) return
      let isNews = false
      for (const each of [frame].flat()) {
        // Whatever it is, who takes it checks its fields.
        const envelope = Object(each) as Fields
        const { id } = envelope
        if (typeof id === 'string') confirm(outbox, id, envelope)
        else isNews = takeEnvelope(table, envelope) || isNews
      }
      if (!isNews) return
      // The stream below sees no events. This shows it that the link gets somewhere, and has it look who is full.
      link.moved(`${++talk.news}`)
      link.event({ id: undefined, type: 'message', data: '' })
    },
    opened(give) {
      Object.assign(talk, { give, link, openedAt: table.settings.clock.now() })
      flush(talk)
      sendAll(outbox, give)
    },
  }
}

/** Has the server told of what has changed: together with what else changes in this turn. */
export function flushSoon(talk: Talk): void {
  const { table, flushedAt = 0, give } = talk
  const { clock } = table.settings
  if (give)
    talk.cancelFlush ??= clock.after(Math.max(0, flushedAt + commandIntervalMs - clock.now()), () => flush(talk))
}

function flush(talk: Talk): void {
  const { table, give, link, openedAt = 0 } = talk
  const { clock } = table.settings
  const commands: ClientEnvelope[] = []
  const left = leaveUnused(table)
  const channels = ask(table)
  if (left.length) commands.push({ type: 'unsubscribe', channels: left })
  if (Object.keys(channels).length) commands.push({ type: 'subscribe', channels })
  talk.cancelFlush?.()
  talk.cancelFlush = undefined
  if (!commands.length) return
  talk.flushedAt = clock.now()
  give?.(commands)?.catch(({ code, message, retryAfterMs }: StreamError) => {
    if (give !== talk.give) return
    if (clock.now() - openedAt >= settledMs) talk.redial()
    // What one command met does not say that the transport cannot be used, nor that the next link would fail.
    else link?.failed(new StreamError(code, message, { retryAfterMs }))
  })
}

/** What is to be asked for; refuses what the list has no room for, as the server would refuse it as a whole. */
function ask(table: ChannelTable, all?: boolean): Record<string, string | null> {
  const places = askFor(table, all)
  let bytes = 0
  for (const label of table.channels.keys()) {
    bytes += new TextEncoder().encode(label).length + placeBytes
    if (bytes <= maxListBytes || !(label in places)) continue
    delete places[label]
    const message = 'the list of channels would be over 64 KiB'
    takeEnvelope(table, { type: 'error', channel: label, code: 'TOO_MANY_CHANNELS', message })
  }
  return places
}

/** The link takes no more commands, and answers none. */
export function lose(talk: Talk): void {
  loseChannels(talk.table)
  talk.give = undefined
  talk.cancelFlush?.()
  talk.cancelFlush = undefined
}
