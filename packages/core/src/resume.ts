import { parsePosition } from './protocol/position.ts'

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
  /** A message that is no text; `data` is empty then. */
  readonly binary?: ArrayBuffer | undefined
}

/** What has been received, and what that says about the next thing to come. One per stream, across its links. */
export interface Resume {
  /** Last received ID, as the standard keeps it: events without one leave it, an empty one resets it. */
  readonly lastEventId: string
  /** The ID to ask for; `''` where there is none, or none that an HTTP header can carry. */
  readonly token: string
  /** A link opened, over which the token could be sent or not. A gap where nothing can be resumed. */
  opened(resumes?: boolean): Gap | undefined
  /** The server introduced itself as one that speaks positions. */
  connected(id: string | undefined): Gap | undefined
  /** A block with an ID and no data. */
  moved(id: string): Gap | undefined
  /** The server declared a gap up to and including `to`, for one who had come as far as `from`. */
  declared(to: string, from?: unknown): Gap | undefined
  /** @returns whether this event is to be dropped, having been had before; else the gap before it, if there is one. */
  received(event: ReceivedEvent): 'drop' | Gap | undefined
}

const unknownGap: Gap = { kind: 'unknown' }
/** At least so many opaque IDs, and less than twice as many, are remembered to recognise a replay; a position needs no memory. */
const rememberedEvents = 4096
// fetch refuses these in a header, so that every retry would fail before it left the machine.
const unsendable = /[\0-\x08\n-\x1f\x7f]/

export function createResume(lastEventId: string): Resume {
  let position: Position | undefined
  let links = 0
  let trusted = false
  let isFirstOfLink = true
  let isFirstOfAll = true
  /** By what an event with an opaque ID looks like: the link that brought it. */
  let linkOf = new Map<string, number>()
  // Two generations: deleting the oldest one by one walks over what was deleted before.
  let olderLinkOf = linkOf

  const token = () => (unsendable.test(lastEventId) ? '' : lastEventId)

  /** Goes to a position, which should follow the last one by `distance`. @returns `undefined` for any other kind of ID. */
  function goTo(id: string, distance: 0 | 1): { readonly result: 'drop' | Gap | undefined } | undefined {
    const next = trusted ? parsePosition(id) : undefined
    if (!next) return undefined
    const last = position
    const steps = last && stepsBetween(last, next)
    if (steps !== undefined && steps <= 0) return { result: 'drop' }
    const from = lastEventId
    position = next
    lastEventId = id
    const isExpected = steps === undefined || steps === distance
    return { result: isExpected ? undefined : { kind: 'lost', from, to: `${next.epoch}:${next.offset - distance}` } }
  }

  function moved(id: string): Gap | undefined {
    const step = goTo(id, 0)
    if (!step) lastEventId = id
    return step?.result === 'drop' ? undefined : step?.result
  }

  /** Whether an earlier link brought this event already. Two equal ones on one link are both genuine. */
  function isReplay({ id, type, data }: ReceivedEvent): boolean {
    const key = `${id}\n${type}\n${data.length}\n${hash(data)}`
    const link = linkOf.get(key) ?? olderLinkOf.get(key) ?? links
    linkOf.set(key, link)
    if (linkOf.size >= rememberedEvents) {
      olderLinkOf = linkOf
      linkOf = new Map()
    }
    return link < links
  }

  return {
    get lastEventId() {
      return lastEventId
    },
    get token() {
      return token()
    },
    opened(resumes = true) {
      trusted = false
      isFirstOfLink = true
      return links++ && !isFirstOfAll && !(resumes && token()) ? unknownGap : undefined
    },
    connected(id) {
      trusted = isFirstOfLink
      position = parsePosition(lastEventId)
      return id === undefined ? undefined : moved(id)
    },
    moved,
    declared(to, from) {
      const gap: Gap = { kind: 'lost', from: lastEventId || undefined, to }
      const end = parsePosition(to)
      const isBeyond = (place?: Position) => stepsBetween(end, place) > 0
      // What the server has ends before the place that was asked for: it lost what came since, and gives the same
      // offsets anew.
      const isBack = isBeyond(parsePosition(String(from))) && isBeyond(position)
      const isPlaced = trusted && position && !isBack
      if (!isPlaced) position = undefined
      const found = moved(to)
      return isPlaced ? found : gap
    },
    received(event) {
      const { id } = event
      // Where the link before brought nothing at all, this is the first sight of a server without ids.
      const gap = id === undefined && isFirstOfAll && links > 1 && !token() ? unknownGap : undefined
      isFirstOfAll = isFirstOfLink = false
      if (id === undefined) return gap
      const step = goTo(id, 1)
      if (step) return step.result
      if (isReplay(event)) return 'drop'
      lastEventId = id
      return undefined
    },
  }
}

/** How far the second place lies behind the first; `NaN` where nobody can know, as in two lives of a channel. */
export const stepsBetween = (from: Position | undefined, to: Position | undefined): number =>
  from && from.epoch === to?.epoch ? to.offset - from.offset : NaN

/** FNV-1a: tells apart the texts that one ID stands for, without keeping them. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193)
  return sum
}
