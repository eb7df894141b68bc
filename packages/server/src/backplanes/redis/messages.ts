import { ChannelEvent } from '../../channel-event.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Page } from '../backplane.ts'

/** What a process tells the others about a channel. */
export type Message =
  | { readonly kind: 'event'; readonly event: ChannelEvent }
  /** A life ended with this position, or one began with it. */
  | { readonly kind: 'end' | 'top'; readonly position: Position }

const positionPattern = /^(\d{1,16}):([\w-]{1,64})$/

/** Reads `offset:epoch`. @returns `undefined` for anything else: whoever can write to Redis can send anything. */
export function parsePosition(text: string): Position | undefined {
  const [, digits, epoch] = positionPattern.exec(text) ?? []
  const offset = Number(digits)
  return epoch !== undefined && Number.isSafeInteger(offset) ? { epoch, offset } : undefined
}

/** Reads a message. @returns `undefined` for one that makes no sense. */
export function parseMessage(text: string): Message | undefined {
  const kind = text.slice(0, 4)
  if (kind === 'end:' || kind === 'top:') {
    const position = parsePosition(text.slice(4))
    return position && { kind: kind === 'end:' ? 'end' : 'top', position }
  }
  const behind = text.indexOf(':', text.indexOf(':') + 1)
  if (behind === -1) return undefined
  const position = parsePosition(text.slice(0, behind))
  if (!position || position.offset === 0 || behind === text.length - 1) return undefined
  return { kind: 'event', event: new ChannelEvent(position.epoch, position.offset, text.slice(behind + 1)) }
}

/**
 * Reads the answer of the read script as a page without holes. Where somebody deleted single entries, it ends before the
 * hole, and the next one begins behind it.
 * @throws {TypeError} if it is none.
 */
export function parsePage(reply: unknown, { after, limit }: { readonly after: number; readonly limit: number }): Page {
  const [epoch, top, completed, oldest, entries] = asArray(reply)
  if (typeof epoch !== 'string') throw unreadable()
  const extent = { epoch, top: asOffset(top), completed: completed === 1, oldest: asOffset(oldest) }
  const events: ChannelEvent[] = []
  for (const entry of asArray(entries)) {
    const event = parseEntry(entry, epoch)
    if (!event) break
    const last = events.at(-1)
    if (last && event.offset !== last.offset + 1) break
    events.push(event)
  }
  const [first] = events
  const begin = Math.max(after + 1, extent.oldest)
  if (first ? first.offset > begin : limit > 0 && extent.top >= begin) {
    return { ...extent, oldest: first ? first.offset : extent.top + 1, events }
  }
  return { ...extent, events }
}

function parseEntry(entry: unknown, epoch: string): ChannelEvent | undefined {
  const [id, fields] = asArray(entry)
  const json = asArray(fields)[1]
  if (typeof id !== 'string' || typeof json !== 'string') throw unreadable()
  const [offset, life] = id.split('-')
  return life === epoch ? new ChannelEvent(epoch, asOffset(offset), json) : undefined
}

function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unreadable()
  return value
}

function asOffset(value: unknown): number {
  const offset = typeof value === 'string' ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(offset) || offset < 0) throw unreadable()
  return offset
}

function unreadable(): TypeError {
  return new TypeError('Redis answered with something else than a page of history')
}
