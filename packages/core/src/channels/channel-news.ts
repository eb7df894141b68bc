import { refusalOf } from '../errors.ts'
import { parsePosition } from '../protocol/position.ts'
import { begin, complete, declare, end, fail, isReached, receive, retryDelayMs, update } from './channel-consumer.ts'
import { held, join, leaving, settle } from './channel-table.ts'

import type { Channel, ChannelTable } from './channel-table.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Takes what the server says of a channel, and nothing of it for granted. @returns whether it brought an event. */
export function takeEnvelope(table: ChannelTable, envelope: Fields): boolean {
  const { type, channel: label, position, to = position, code } = envelope
  const channel = table.channels.get(label as string) // There is nothing under what is none.
  const place = typeof to === 'string' && parsePosition(to) ? to : ''
  if (!channel) return false
  if (type === 'subscribed') {
    if (place) subscribed(table, channel, place, envelope['recovered'])
  } else if (type === 'error' || code) refused(table, channel, envelope)
  else if (type === 'unsubscribed') {
    if (channel.ask === leaving) ended(table, channel)
    // Before it is followed, what comes is of an earlier time.
  } else if (place && channel.isLive) return advanced(table, channel, place, envelope)
  return false
}

function subscribed(table: ChannelTable, channel: Channel, cursor: string, recovered: unknown): void {
  const { ask, consumers } = channel
  // Nobody has asked.
  if (ask === undefined || typeof ask === 'number') return
  channel.ask = undefined
  channel.isLive = true
  channel.cursor = cursor
  table.failures = 0
  for (const consumer of consumers) {
    const { isOn, start, resume } = consumer
    if (start === undefined ? !isOn : start === ask)
      begin(consumer, cursor, typeof recovered === 'boolean' ? recovered : undefined, ask)
    // For another one the link has gone past what it needs: it begins again where it is.
    else if (isOn && !isReached(cursor, resume.lastEventId)) consumer.start = resume.lastEventId
  }
  join(table, channel)
}

function advanced(table: ChannelTable, channel: Channel, place: string, { type, data, from }: Fields): boolean {
  const { consumers } = channel
  const text = type === 'event' && textOf(data)
  let isNews = false
  channel.cursor = place
  for (const consumer of consumers) {
    if (consumer.start !== undefined) continue
    if (text) isNews = receive(consumer, place, text) || isNews
    if (type === 'gap') declare(consumer, place, from)
    if (type === 'complete') {
      consumers.delete(consumer)
      complete(consumer, place)
    }
  }
  if (type === 'complete') ended(table, channel)
  return isNews
}

/** As JSON; nothing for what has none: nested so deep that it could only be read, it shows as a gap. */
function textOf(data: unknown): string | undefined {
  try {
    return JSON.stringify(data)
  } catch {
    return undefined
  }
}

/** Nothing more of it comes over this link; whoever wants it all the same, asks anew. */
function ended(table: ChannelTable, channel: Channel): void {
  channel.cursor = undefined
  channel.isLive = false
  if (channel.ask === leaving) channel.ask = undefined
  settle(table, channel)
}

/** The server does not follow a channel that was asked for, or follows it no more. */
function refused(table: ChannelTable, channel: Channel, envelope: Fields): void {
  const { channels, settings, changed } = table
  const { ask, consumers, label } = channel
  const error = refusalOf(envelope)
  channel.ask = held
  channel.isLive &&= ask === leaving
  if (!error.retryable) channels.delete(label)
  for (const consumer of consumers)
    if (error.retryable) {
      consumer.isOn = false
      fail(consumer, error)
      update(consumer, error)
    } else end(consumer, 'fatal', error)
  // A handler may have closed the client.
  if (channels.get(label) !== channel) return
  table.cancelRetry ??= settings.clock.after(retryDelayMs(settings, table.failures++), () => {
    table.cancelRetry = undefined
    for (const each of channels.values()) if (each.ask === held) each.ask = undefined
    changed()
  })
}
