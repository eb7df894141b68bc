import { connectedBlock, eventBlock, gapBlock } from './blocks.ts'

import type { Block } from './blocks.ts'
import type { ChannelLog } from './channel-log.ts'

export interface OpeningOptions {
  readonly profile: 'positions' | 'replay' | 'replay-all' | 'no-ids'
  /** How a hole shows to a client that speaks positions: said, implied by the greeting, or by the next offset alone. */
  readonly gapStyle: 'event' | 'greeting' | 'silent'
  /** Events before the asked-for place that come again. */
  readonly overlap: number
  /** Milliseconds between keep-alive comments; 0 for none. */
  readonly heartbeatMs: number
}

export interface Asked {
  readonly lastEventId: string
  readonly fromStart: boolean
}

export interface Opening {
  readonly blocks: readonly Block[]
  /** Whether the client has everything there is. */
  readonly isOver: boolean
  readonly gap?: string | undefined
  /** Where delivery begins, behind a gap if there is one. */
  readonly place: string
}

export function gapKey(from: string | undefined, to: string | undefined): string {
  return `${from ?? ''}>${to ?? ''}`
}

/** What a new session is sent before it goes live. */
export function opening(log: ChannelLog, options: OpeningOptions, asked: Asked): Opening {
  switch (options.profile) {
    case 'positions':
      return positionsOpening(log, options, asked)
    case 'replay': {
      const number = log.byId(asked.lastEventId)?.number
      const from = number === undefined ? log.entries.length : number
      const replayed = log.entries.slice(number === undefined ? from : Math.max(0, from - options.overlap))
      return { blocks: replayed.map((entry) => eventBlock(entry)), isOver: from === log.entries.length, place: '' }
    }
    case 'replay-all':
      return {
        blocks: log.entries.map((entry) => eventBlock(entry)),
        isOver: log.byId(asked.lastEventId)?.number === log.entries.length,
        place: '',
      }
    case 'no-ids':
      return { blocks: [], isOver: true, place: '' }
  }
}

function positionsOpening(log: ChannelLog, options: OpeningOptions, { lastEventId, fromStart }: Asked): Opening {
  const beforeOldest = log.beforeOldest()
  const floor = log.countAt(beforeOldest) ?? 0
  const epoch = beforeOldest.split(':')[0] ?? ''
  const after = (count: number) => log.entries.slice(Math.max(count, floor)).map((entry) => eventBlock(entry))
  const { heartbeatMs, gapStyle, overlap } = options

  if (lastEventId === '') {
    const at = fromStart ? `${epoch}:0` : log.top()
    const count = log.countAt(at) ?? 0
    if (count >= floor) return { blocks: [connectedBlock(at, heartbeatMs), ...after(count)], isOver: false, place: at }
    return {
      blocks: [connectedBlock(undefined, heartbeatMs), gapBlock(undefined, beforeOldest), ...after(floor)],
      isOver: false,
      gap: gapKey(undefined, beforeOldest),
      place: beforeOldest,
    }
  }
  const count = log.countAt(lastEventId) ?? 0
  if (lastEventId.startsWith(`${epoch}:`) && count >= floor) {
    // What comes again may reach back to the beginning of this life of the channel, no further.
    const epochStart = log.countAt(`${epoch}:0`) ?? 0
    const replayed = after(Math.max(count - overlap, epochStart))
    return {
      blocks: [connectedBlock(lastEventId, heartbeatMs, true), ...replayed],
      isOver: count === log.entries.length,
      place: lastEventId,
    }
  }
  const greeting = connectedBlock(gapStyle === 'greeting' ? beforeOldest : undefined, heartbeatMs, false)
  const declaration = gapStyle === 'event' ? [gapBlock(lastEventId, beforeOldest)] : []
  return {
    blocks: [greeting, ...declaration, ...after(floor)],
    isOver: false,
    gap: gapKey(lastEventId, beforeOldest),
    place: beforeOldest,
  }
}
