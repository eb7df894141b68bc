import { formatPosition } from '@steadystream/core/protocol'

import type { Position } from '@steadystream/core/protocol'
import type { Start } from './resume.ts'

const maxLength = 2048
// Stands for a cursor that would be too long, and reads as a position that no channel can honour: a declared gap.
const tooLong = '!'
const nowhere = '-'

/**
 * The places of several channels as one token, in the order in which the client named them: it holds no names, so that
 * whoever forges one learns nothing. A channel that is not followed has no place.
 */
export function formatCursor(positions: readonly (Position | undefined)[]): string {
  const text = positions.map((position) => (position ? formatPosition(position) : nowhere)).join(',')
  return text.length <= maxLength ? text : tooLong
}

/** Where each of `count` channels begins. Of a token for another number of them, none can be honoured. */
export function readCursor(token: string, count: number): Start[] {
  const parts = token.length <= maxLength ? token.split(',') : []
  if (parts.length !== count) return Array.from({ length: count }, () => ({ at: 'token', token: tooLong }))
  return parts.map((part) => (part === nowhere ? { at: 'now' } : { at: 'token', token: part }))
}
