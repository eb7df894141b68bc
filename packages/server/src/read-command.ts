import { parseChannel } from './channel.ts'

import type { Channel } from './channel.ts'
import type { Start } from './resume.ts'

/** What a client asks for over a connection that follows many channels. */
export type Command =
  | { readonly type: 'subscribe'; readonly channel: Channel; readonly start: Start }
  /** Of one channel, or of every channel of a type. */
  | { readonly type: 'unsubscribe'; readonly channel: Channel | { readonly type: string } }
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
    case 'unsubscribe':
      return readUnsubscribe(own(fields, 'channel'))
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
  const channel = readChannel(own(fields, 'channel'))
  const from = own(fields, 'from')
  if (!channel || (from !== undefined && from !== 'start' && from !== 'now')) return undefined
  const start = readStart(own(fields, 'position') ?? (from === 'start' ? 'start' : null))
  return start && { type: 'subscribe', channel, start }
}

function readUnsubscribe(value: unknown): Command | undefined {
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
