import { askUser } from './env.ts'

import type { BufferBounds } from './delivery.ts'
import type { RawEvent } from './handlers.ts'
import type { Item } from './item.ts'

export interface OverflowPolicy extends BufferBounds {
  readonly overflow?: 'block' | 'close-and-resume' | 'drop-oldest' | 'latest-by-key' | undefined
  readonly keyOf?: ((event: RawEvent) => unknown) | undefined
}

/** How full a buffer stays that drops its oldest: dropping them one by one would walk over all of them each time. */
const keptShare = 7 / 8

/** In characters; an item weighs something besides its text. */
export const sizeOf = ({ event, comment }: Item): number =>
  64 + (event?.data ?? comment ?? '').length + (event?.binary?.byteLength ?? 0)

/**
 * Drops events from a full buffer, as the policy says. Each run of them leaves one gap in its place; everything else
 * stays, and so does the newest event.
 * @param before cursor of what was taken last
 */
export function makeRoom(items: readonly Item[], before: string, policy: OverflowPolicy): Item[] {
  const dropped = policy.overflow === 'latest-by-key' ? superseded(items, policy) : oldest(items, policy)
  const kept: Item[] = []
  for (const item of items) {
    const { cursor } = item
    const last = kept.at(-1)
    if (!dropped.has(item)) kept.push(item)
    else if (last?.gap?.kind === 'dropped') kept.splice(-1, 1, { cursor, gap: { ...last.gap, to: cursor } })
    else kept.push({ cursor, gap: { kind: 'dropped', from: (last?.cursor ?? before) || undefined, to: cursor } })
  }
  return kept
}

function oldest(items: readonly Item[], { maxBufferedEvents, maxBufferedSize }: BufferBounds): Set<Item> {
  const dropped = new Set<Item>()
  let size = items.reduce((sum, item) => sum + sizeOf(item), 0)
  for (const item of items.slice(0, -1)) {
    // A gap takes the place of the first.
    const count = items.length - dropped.size + 1
    if (count <= maxBufferedEvents * keptShare && size <= maxBufferedSize * keptShare) break
    if (!item.event) continue
    dropped.add(item)
    size -= sizeOf(item)
  }
  return dropped
}

/** The events that have a later one of the same key. */
function superseded(items: readonly Item[], { keyOf }: OverflowPolicy): Set<Item> {
  const dropped = new Set<Item>()
  const seen = new Set<unknown>()
  for (const item of [...items].reverse()) {
    const { event } = item
    if (!event) continue
    const key = askUser(() => keyOf?.(event), event)
    if (seen.has(key)) dropped.add(item)
    seen.add(key)
  }
  return dropped
}
