import { parsePosition } from '@steadystream/core/protocol'

import type { Position } from '@steadystream/core/protocol'

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

export type Plan =
  /** The client has everything there will ever be: 204. */
  | { readonly kind: 'finished' }
  /** Greet, declare the gap if there is one, then send everything after `cursor`. */
  | { readonly kind: 'stream'; readonly recovered?: boolean; readonly gap?: Lost; readonly cursor: Position }

/** Decides how a session begins. A token that cannot be honoured is a declared gap, never a silent fresh start. */
export function planStart(start: Start, extent: ChannelExtent): Plan {
  const { epoch, oldest, top, completed } = extent
  const beforeOldest = { epoch, offset: oldest - 1 }
  if (start.at === 'now') return { kind: 'stream', cursor: { epoch, offset: top } }
  if (start.at === 'start') {
    if (beforeOldest.offset === 0) return { kind: 'stream', cursor: beforeOldest }
    return { kind: 'stream', gap: { to: beforeOldest }, cursor: beforeOldest }
  }
  // Bounds the length too: it takes 81 characters at most.
  const from = parsePosition(start.token)
  if (from?.epoch === epoch && from.offset <= top) {
    if (completed && from.offset === top) return { kind: 'finished' }
    if (from.offset >= beforeOldest.offset) return { kind: 'stream', recovered: true, cursor: from }
  }
  return { kind: 'stream', recovered: false, gap: { ...(from && { from }), to: beforeOldest }, cursor: beforeOldest }
}
