import { formatPosition, parsePosition } from './protocol/position.ts'

import type { Position } from './protocol/position.ts'

/** Events that the handler will not see. `lost` and `unknown` come from the link, `dropped` from a full buffer. */
export interface Gap {
  readonly kind: 'lost' | 'dropped' | 'unknown'
  /** Position of the last event before the gap, as `epoch:offset`. */
  readonly from?: string | undefined
  /** Position of the last event inside the gap. */
  readonly to?: string | undefined
  readonly channel?: string | undefined
}

export interface ReceivedEvent {
  /** Undefined where the block had no `id` field. */
  readonly id: string | undefined
  readonly type: string
  readonly data: string
}

export interface Verdict {
  readonly deliver: boolean
  readonly gap?: Gap | undefined
}

/** What has been received, and what that says about the next thing to come. One per stream, across its links. */
export interface Resume {
  /** Last received ID, as the standard keeps it: events without one leave it, an empty one resets it. */
  readonly lastEventId: string
  /** The ID to ask for; `''` where there is none, or none that an HTTP header can carry. */
  readonly token: string
  /** A link opened. A gap where nothing can be resumed. */
  opened(): Gap | undefined
  /** The server introduced itself as one that speaks positions. */
  connected(id: string | undefined): Gap | undefined
  /** A block with an ID and no data. */
  moved(id: string): Gap | undefined
  /** The server declared a gap. */
  declared(gap: Gap, id: string | undefined): Gap | undefined
  received(event: ReceivedEvent): Verdict
}

const keep: Verdict = { deliver: true }
const drop: Verdict = { deliver: false }
const unknownGap: Gap = { kind: 'unknown' }
/** Opaque IDs remembered to recognise a replay; a position needs no memory. */
const rememberedEvents = 4096
// fetch refuses these in a header, so that every retry would fail before it left the machine.
const unsendable = /[\0-\x08\n-\x1f\x7f]/

export function createResume(seedId: string): Resume {
  let lastEventId = seedId
  let position: Position | undefined
  let links = 0
  let trusted = false
  let receivedEver = false
  let receivedOnLink = false
  const seen = createReplayMemory()

  const token = () => (unsendable.test(lastEventId) ? '' : lastEventId)

  /** Moves to `next`, whose predecessor should be what was received last; `ownEvent` says that `next` is an event itself. */
  function advance(id: string, next: Position, ownEvent: 0 | 1): Gap | undefined {
    const last = position
    position = next
    lastEventId = id
    if (!last || (last.epoch === next.epoch && last.offset + ownEvent === next.offset)) return undefined
    const to = formatPosition({ epoch: next.epoch, offset: next.offset - ownEvent })
    return { kind: 'lost', from: formatPosition(last), to }
  }

  function moved(id: string): Gap | undefined {
    const next = trusted ? parsePosition(id) : undefined
    if (next) return isBehind(next) ? undefined : advance(id, next, 0)
    lastEventId = id
    return undefined
  }

  const isBehind = (next: Position) => position?.epoch === next.epoch && next.offset <= position.offset

  return {
    get lastEventId() {
      return lastEventId
    },
    get token() {
      return token()
    },
    opened() {
      links += 1
      trusted = false
      receivedOnLink = false
      return links > 1 && receivedEver && token() === '' ? unknownGap : undefined
    },
    connected(id) {
      trusted = !receivedOnLink
      position = parsePosition(lastEventId)
      return id === undefined ? undefined : moved(id)
    },
    moved,
    declared(gap, id) {
      const to = gap.to ?? id
      const from = gap.from ?? (lastEventId || undefined)
      const next = to === undefined ? undefined : parsePosition(to)
      if (next && isBehind(next)) return undefined
      if (next) position = next
      lastEventId = id ?? to ?? lastEventId
      return { ...gap, from, to }
    },
    received(event) {
      const isFirstEver = !receivedEver
      receivedEver = receivedOnLink = true
      if (event.id === undefined) {
        // The link before brought nothing at all, so this is the first sight of a server without ids.
        return isFirstEver && links > 1 && token() === '' ? { deliver: true, gap: unknownGap } : keep
      }
      const next = trusted ? parsePosition(event.id) : undefined
      if (next) return isBehind(next) ? drop : { deliver: true, gap: advance(event.id, next, 1) }
      if (seen.isReplay(event, links)) return drop
      lastEventId = event.id
      return keep
    },
  }
}

/** Recognises events that an earlier link already brought. Two equal ones on one link are both genuine. */
function createReplayMemory() {
  const linkOf = new Map<string, number>()
  return {
    isReplay({ id, type, data }: ReceivedEvent, link: number): boolean {
      const key = `${id}\n${type}\n${data.length}\n${hash(data)}`
      const earlier = linkOf.get(key)
      if (earlier !== undefined && earlier < link) return true
      linkOf.set(key, link)
      if (linkOf.size > rememberedEvents) linkOf.delete(linkOf.keys().next().value ?? '')
      return false
    },
  }
}

/** 64 bits in two lanes: enough to tell apart the texts that one ID stands for, without keeping them. */
function hash(text: string): string {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x5bd1e995)
    b ^= b >>> 15
  }
  return `${a >>> 0}.${b >>> 0}`
}
