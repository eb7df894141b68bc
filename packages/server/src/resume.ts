import { formatPosition, parsePosition } from '@steadystream/core/protocol'

import type { GapMessage, Position } from '@steadystream/core/protocol'
import type { Page } from './backplanes/backplane.ts'
import type { ChannelEvent } from './channel-event.ts'

/** Where a client wants to begin: with what comes, with the channel's first event, or after what it has. */
export type Start = { readonly at: 'now' } | { readonly at: 'start' } | { readonly at: 'token'; readonly token: string }

/** What a backplane knows about a channel at one moment. */
export interface ChannelExtent {
  readonly epoch: string
  /** Offset of the oldest event that can still be read; `top + 1` where none can. */
  readonly oldest: number
  /** Offset of the last event published; 0 where there was none. */
  readonly top: number
  readonly completed: boolean
}

/** Events after `from` up to and including `to` cannot be had. */
export interface Lost {
  readonly from?: Position
  readonly to: Position
}

/** Declare the gap if there is one, then send everything after `cursor`. */
export interface Plan {
  /** Whether the client's position is honoured; absent where it sent none. */
  readonly recovered?: boolean
  readonly gap?: Lost
  readonly cursor: Position
  /** The client has everything there will ever be. */
  readonly isFinished?: true
}

/** Decides how a session begins. A token that cannot be honoured is a declared gap, never a silent fresh start. */
export function planStart(start: Start, extent: ChannelExtent): Plan {
  const { epoch, oldest, top, completed } = extent
  const beforeOldest = { epoch, offset: oldest - 1 }
  if (start.at === 'now') return { cursor: { epoch, offset: top } }
  if (start.at === 'start') {
    return beforeOldest.offset === 0 ? { cursor: beforeOldest } : { gap: { to: beforeOldest }, cursor: beforeOldest }
  }
  // Bounds the length too: it takes 81 characters at most.
  const from = parsePosition(start.token)
  if (from?.epoch === epoch && from.offset > top) {
    // Events were lost after the client had them. It has what is left, and the next ones get the same offsets.
    const end = { epoch, offset: top }
    return { recovered: false, gap: { from, to: end }, cursor: end }
  }
  if (from?.epoch === epoch) {
    if (completed && from.offset === top) return { recovered: true, cursor: from, isFinished: true }
    if (from.offset >= beforeOldest.offset) return { recovered: true, cursor: from }
  }
  return { recovered: false, gap: { ...(from && { from }), to: beforeOldest }, cursor: beforeOldest }
}

/** What a page adds for a client. */
export interface Advance {
  /** Comes before the events. */
  readonly gap?: Lost
  readonly events: readonly ChannelEvent[]
  /** Where the client stands then; the same object where nothing changed. */
  readonly cursor: Position
}

/** Goes on from `at` with a page that was read after it. What the page can no longer show is a gap. */
export function advance(at: Position, page: Page): Advance {
  const beforeOldest = { epoch: page.epoch, offset: page.oldest - 1 }
  const gap = { from: at, to: beforeOldest }
  // Another life: this page was read from a place of the former one. It has to be read again from the new place.
  if (page.epoch !== at.epoch) return { gap, events: [], cursor: beforeOldest }
  const last = page.events.at(-1)
  const isTrimmed = at.offset < beforeOldest.offset
  const cursor = last ? { epoch: last.epoch, offset: last.offset } : isTrimmed ? beforeOldest : at
  return { ...(isTrimmed && { gap }), events: page.events, cursor }
}

/** What every wire says of a gap. */
export function gapMessage({ from, to }: Lost): Pick<GapMessage, 'kind' | 'from'> & { readonly to: string } {
  return { kind: 'lost', ...(from && { from: formatPosition(from) }), to: formatPosition(to) }
}
