import { parseChannel } from './channel.ts'
import { readName } from './channel-request.ts'

import type { Channel } from './channel.ts'
import type { Start } from './resume.ts'

interface Subscribe {
  readonly type: 'subscribe'
  readonly channel: Channel
  readonly start: Start
}

/** What a client wants of one channel. */
export type ChannelCommand =
  | Subscribe
  /** Of one channel, or of every channel of a type. */
  | { readonly type: 'unsubscribe'; readonly channel: Channel | { readonly type: string } }

/** What a client asks for over a connection that follows many channels. */
export type Command =
  | ChannelCommand
  /** The same of several channels. */
  | { readonly type: 'several'; readonly commands: readonly ChannelCommand[] }
  | { readonly type: 'publish'; readonly channel: Channel; readonly data: unknown; readonly id?: string }
  | { readonly type: 'auth'; readonly token: string }
  | { readonly type: 'ping' }

type Fields = Readonly<Record<string, unknown>>

const maxIdLength = 128

/** Reads a command out of what JSON gave; `undefined` for anything else. It comes from outside and is never trusted. */
export function readCommand(value: unknown): Command | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Fields // each is looked at for itself
  switch (own(fields, 'type')) {
    case 'ping':
      return { type: 'ping' }
    case 'auth': {
      const token = own(fields, 'token')
      return typeof token === 'string' && token !== '' ? { type: 'auth', token } : undefined
    }
    case 'subscribe':
      return readSubscribe(fields)
    case 'unsubscribe': {
      const channels = own(fields, 'channels')
      if (channels === undefined) return readUnsubscribe(own(fields, 'channel'))
      const commands = Array.isArray(channels) ? allOf(channels.map(readUnsubscribe)) : undefined
      return commands && { type: 'several', commands }
    }
    case 'publish':
      return readPublish(fields)
    default:
      return undefined
  }
}

/** A channel as its label, or as `{ type, id }` or `{ type, userId }`. */
export function readChannel(value: unknown): Channel | undefined {
  if (typeof value === 'string') return parseChannel(value)
  if (typeof value !== 'object' || value === null) return undefined
  const [type, id, userId] = ['type', 'id', 'userId'].map((name) => own(value as Fields, name))
  // With a colon in it, two channels of one connection would have the same label.
  if (typeof type !== 'string' || type.includes(':')) return undefined
  if (typeof id === 'string' && userId === undefined) return { type, id }
  return typeof userId === 'string' && id === undefined ? { type, userId } : undefined
}

/** Where to begin, as it stands in a map of positions: a position, `"start"`, or `null` for from now on. */
export function readStart(value: unknown): Start | undefined {
  if (value === null || value === undefined) return { at: 'now' }
  if (value === 'start') return { at: 'start' }
  return typeof value === 'string' ? { at: 'token', token: value } : undefined
}

function readSubscribe(fields: Fields): Command | undefined {
  const channels = own(fields, 'channels')
  if (channels !== undefined) {
    const commands = isMap(channels) ? allOf(Object.entries(channels).map(readPlace)) : undefined
    return commands && { type: 'several', commands: commands.toSorted(byPlace) }
  }
  const channel = readChannel(own(fields, 'channel'))
  const from = own(fields, 'from')
  if (!channel || (from !== undefined && from !== 'start' && from !== 'now')) return undefined
  const start = readStart(own(fields, 'position') ?? (from === 'start' ? 'start' : null))
  return start && { type: 'subscribe', channel, start }
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One that cannot be read spoils all, as nobody could be told which it was. */
function allOf<C>(commands: readonly (C | undefined)[]): readonly C[] | undefined {
  const read = commands.filter((command) => command !== undefined)
  return read.length === commands.length ? read : undefined
}

/** Who comes back goes first: one channel more does not cost another its place. */
export function byPlace(a: { readonly start: Start }, b: { readonly start: Start }): number {
  return Number(b.start.at === 'token') - Number(a.start.at === 'token')
}

function readPlace([label, place]: readonly [string, unknown]): Subscribe | undefined {
  const start = readStart(place)
  const channel = parseChannel(label)
  return start && readName(channel) && { type: 'subscribe', channel, start }
}

function readUnsubscribe(value: unknown): ChannelCommand | undefined {
  const channel = readChannel(value)
  if (channel) return { type: 'unsubscribe', channel }
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Fields
  const type = own(fields, 'type')
  if (typeof type !== 'string' || own(fields, 'id') !== undefined || own(fields, 'userId') !== undefined)
    return undefined
  return { type: 'unsubscribe', channel: { type } }
}

function readPublish(fields: Fields): Command | undefined {
  const channel = readChannel(own(fields, 'channel'))
  const data = own(fields, 'data')
  const id = own(fields, 'id')
  if (!channel || data === undefined) return undefined
  if (id !== undefined && (typeof id !== 'string' || id.length > maxIdLength)) return undefined
  return { type: 'publish', channel, data, ...(id !== undefined && { id }) }
}

/** Never what a prototype holds. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}
