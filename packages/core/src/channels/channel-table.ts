import { begin, isReached } from './channel-consumer.ts'

import type { ConnectionSettings } from '../options.ts'
import type { Consumer } from './channel-consumer.ts'

/** A channel that is followed, asked for, or being left. */
export interface Channel {
  readonly label: string
  readonly consumers: Set<Consumer>
  /** How far the link has come: behind consumers that were there before others asked for what is older. */
  cursor?: string | undefined
  /** Whether the server follows it on this link. */
  isLive?: boolean
  /** What has been asked and not been answered yet: a place as the wire has it; or, which is none, {@link leaving} or {@link held}. */
  ask?: string | null | typeof leaving | typeof held | undefined
}

/**
 * The channels of a client, by label. One command about each is under way at a time, so that every answer has one
 * question. Changed by the functions of this file and of channel-news.ts only.
 */
export interface ChannelTable {
  readonly channels: Map<string, Channel>
  readonly settings: ConnectionSettings
  /** Called when there may be something to say to the server. */
  readonly changed: () => void
  /** Channels that could not be followed, in a row. */
  failures: number
  cancelRetry?: (() => void) | undefined
}

/** Asked to be followed no more. */
export const leaving = 0
/** Refused, and to be asked for again in a while. */
export const held = 1

export function addConsumer({ channels }: ChannelTable, consumer: Consumer): Channel {
  const { id: label } = consumer
  const channel = channels.get(label) ?? { label, consumers: new Set() }
  channels.set(label, channel)
  consumer.peers = channel.consumers.add(consumer)
  return channel
}

/** Has those begin that want nothing which the link has gone past. */
function admit({ consumers, cursor = '', isLive, ask }: Channel): void {
  // Nothing more comes of a channel that is being left.
  if (!isLive || ask === leaving) return
  // Somebody may be ahead of the link, where others had it sent what is older.
  let top = cursor
  for (const { isOn, resume } of consumers) if (isOn && isReached(top, resume.lastEventId)) top = resume.lastEventId
  for (const consumer of consumers) {
    const { start } = consumer
    if (start === null) begin(consumer, top)
    // What lies beyond, the server may have lost: it is asked.
    else if (start && isReached(cursor, start) && isReached(start, top)) begin(consumer, start, true)
  }
}

export function join({ changed }: ChannelTable, channel: Channel): void {
  admit(channel)
  changed()
}

/** Forgets a channel that neither side has any use for. */
export function settle({ channels, changed }: ChannelTable, channel: Channel): void {
  const { consumers, isLive, ask, label } = channel
  // Another one may have the label by now.
  if (!consumers.size && !isLive && ask === undefined && channels.get(label) === channel) channels.delete(label)
  changed()
}

/** What is to be asked for now, by label; with `all`, what a link follows that is told everything each time. */
export function askFor({ channels }: ChannelTable, all?: boolean): Record<string, string | null> {
  const places: [string, string | null][] = []
  for (const [label, channel] of channels) {
    const { consumers, cursor, isLive, ask } = channel
    admit(channel)
    const starts = [...consumers].map(({ start }) => start).filter((start) => start !== undefined)
    const isDue = ask === undefined && consumers.size && (!isLive || starts.length)
    // From now on goes first: once older events are under way, nobody knows where that is.
    if (isDue) channel.ask = isLive ? starts[0] : (cursor ?? (starts.includes(null) ? null : starts[0]))
    const place = channel.ask === undefined && isLive ? cursor : channel.ask
    if ((isDue || all) && place !== undefined && typeof place !== 'number') places.push([label, place])
  }
  return Object.fromEntries(places)
}

/** The channels to leave. */
export const leaveUnused = ({ channels }: ChannelTable): string[] =>
  [...channels.values()].flatMap((channel) => {
    const { consumers, ask, isLive, label } = channel
    if (consumers.size || ask !== undefined || !isLive) return []
    channel.ask = leaving
    return label
  })

/** The link is lost, and with it all that was asked. */
export function loseChannels(table: ChannelTable): void {
  table.cancelRetry?.()
  table.cancelRetry = undefined
  for (const channel of table.channels.values()) {
    channel.ask = undefined
    channel.isLive = false
    for (const consumer of channel.consumers) consumer.isOn = false
    settle(table, channel)
  }
}
