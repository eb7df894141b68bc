import { formatPosition, parsePosition } from '@steadystream/core/protocol'

import type { Position } from '@steadystream/core/protocol'
import type { Start } from './resume.ts'

const maxLength = 2048
// Reads as a position that no channel can honour: a declared gap.
const unreadable = '!'
const now = '-'
const start = 'start'

/**
 * The places of several channels as one token, in the order in which the client named them: it holds no names, so that
 * whoever forges one learns nothing. The place of a channel that has not begun is what the client asked for. A cursor that
 * would be too long is a gap in each.
 */
export function formatCursor(places: readonly (Position | Start)[]): string {
  const text = places.map(formatPlace).join(',')
  return text.length <= maxLength ? text : unreadable
}

function formatPlace(place: Position | Start): string {
  if (!('at' in place)) return formatPosition(place)
  if (place.at !== 'token') return place.at === 'now' ? now : start
  // Never as it came: anything may stand in it.
  const position = parsePosition(place.token)
  return position ? formatPosition(position) : unreadable
}

/** Where each of `count` channels begins. Of a token for another number of them, none can be honoured. */
export function readCursor(token: string, count: number): Start[] {
  const parts = token.length <= maxLength ? token.split(',') : []
  if (parts.length !== count) return Array.from({ length: count }, () => ({ at: 'token', token: unreadable }))
  return parts.map(readPlace)
}

function readPlace(text: string): Start {
  if (text === now) return { at: 'now' }
  return text === start ? { at: 'start' } : { at: 'token', token: text }
}
