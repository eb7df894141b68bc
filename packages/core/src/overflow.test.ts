import { array, assert, boolean, constantFrom, integer, property, record } from 'fast-check'
import { describe, expect, it, vi } from 'vitest'

import { makeRoom, sizeOf } from './overflow.ts'

import type { Item } from './item.ts'
import type { OverflowPolicy } from './overflow.ts'

const bounds = { maxBufferedEvents: 8, maxBufferedSize: 10_000 }
const dropOldest: OverflowPolicy = { ...bounds, overflow: 'drop-oldest' }
const latest = (keyOf: OverflowPolicy['keyOf']): OverflowPolicy => ({ ...bounds, overflow: 'latest-by-key', keyOf })

const event = (n: number, data = String(n)): Item => ({
  cursor: `a:${n}`,
  event: { type: 'message', id: `a:${n}`, data },
})
const comment = (n: number): Item => ({ cursor: `a:${n}`, comment: 'hello' })
const lost = (n: number): Item => ({ cursor: `a:${n}`, gap: { kind: 'lost', from: `a:${n - 1}`, to: `a:${n}` } })
const events = (first: number, last: number, data?: string) =>
  Array.from({ length: last - first + 1 }, (_, n) => event(first + n, data))

/** `1`, `-2..4` for a run that was dropped, `!3` for what is no event. */
const shown = (items: readonly Item[]) =>
  items.map(({ cursor, gap, event: kept }) =>
    gap?.kind === 'dropped'
      ? `-${Number(gap.from?.slice(2) ?? 0) + 1}..${gap.to?.slice(2)}`
      : `${kept ? '' : '!'}${cursor.slice(2)}`,
  )

describe('drop-oldest', () => {
  it('makes room for an eighth, the gap included', () => {
    expect(shown(makeRoom(events(1, 8), '', dropOldest))).toEqual(['-1..2', '3', '4', '5', '6', '7', '8'])
  })

  it('lengthens the gap that it has left before', () => {
    const once = makeRoom(events(1, 8), '', dropOldest)
    const twice = makeRoom([...once, ...events(9, 11)], '', dropOldest)
    expect(shown(twice)).toEqual(['-1..6', '7', '8', '9', '10', '11'])
  })

  it('begins the gap behind what was taken last', () => {
    const [gap] = makeRoom(events(5, 12), 'a:4', dropOldest)
    expect(gap?.gap).toEqual({ kind: 'dropped', from: 'a:4', to: gap?.cursor })
  })

  it('leaves gaps and comments in their place', () => {
    const items = [event(1), comment(1), event(2), lost(3), ...events(4, 8)]
    const kept = ['-1..1', '!1', '-2..2', '!3', '-4..4', '5', '6', '7', '8']
    expect(shown(makeRoom(items, '', dropOldest))).toEqual(kept)
  })

  it('drops by size, too, and never the newest', () => {
    const big = 'x'.repeat(6000)
    expect(shown(makeRoom([event(1, big), event(2, big)], '', dropOldest))).toEqual(['-1..1', '2'])
    const huge = 'x'.repeat(60_000)
    expect(shown(makeRoom([event(1), event(2, huge)], '', dropOldest))).toEqual(['-1..1', '2'])
  })
})

describe('latest-by-key', () => {
  it('keeps the last of each key', () => {
    const policy = latest(({ data }) => data)
    const items = [event(1, 'a'), event(2, 'b'), event(3, 'a'), event(4, 'c'), event(5, 'b')]
    expect(shown(makeRoom(items, '', policy))).toEqual(['-1..2', '3', '4', '5'])
  })

  it('keeps everything where every key is its own', () => {
    expect(
      shown(
        makeRoom(
          events(1, 3),
          '',
          latest(({ data }) => data),
        ),
      ),
    ).toEqual(['1', '2', '3'])
  })

  it('keeps what has no key, because the function throws', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const policy = latest(() => {
      throw new Error('no key')
    })
    expect(shown(makeRoom(events(1, 3), '', policy))).toEqual(['1', '2', '3'])
    vi.restoreAllMocks()
  })
})

it('whatever is in the buffer: everything is there or in a gap, in order, and the newest stays', () => {
  const drawn = array(
    record({ kind: constantFrom('event', 'event', 'event', 'comment', 'lost'), size: integer({ min: 0, max: 3000 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  assert(
    property(drawn, boolean(), (kinds, byKey) => {
      const items = kinds.map(({ kind, size }, at): Item => {
        if (kind === 'event') return event(at + 1, `${at % 5}${'x'.repeat(size)}`)
        return kind === 'comment' ? comment(at + 1) : lost(at + 1)
      })
      const policy = byKey ? latest(({ data }) => data[0]) : dropOldest
      const kept = makeRoom(items, 'a:0', policy)
      const isDropped = ({ gap }: Item) => gap?.kind === 'dropped'

      // What is no event stays, and so does the newest item.
      const staying = items.filter((item) => !item.event || item === items.at(-1))
      expect(kept.filter((item) => staying.includes(item))).toEqual(staying)
      // Each place is told once: by itself, or by the gap that holds it.
      const places = kept.flatMap((item) => {
        if (!isDropped(item)) return [item.cursor]
        const from = Number(item.gap?.from?.slice(2))
        const to = Number(item.gap?.to?.slice(2))
        return Array.from({ length: to - from }, (_, n) => `a:${from + n + 1}`)
      })
      expect(places).toEqual(items.map(({ cursor }) => cursor))
      // Runs are one gap each.
      expect(kept.some((item, at) => isDropped(item) && at > 0 && isDropped(kept[at - 1] as Item))).toBe(false)
      // There is room, where there was nothing but events: each run between two other things leaves a gap.
      const size = kept.reduce((sum, item) => sum + sizeOf(item), 0)
      if (!byKey && kept.length > 2 && items.every((item) => item.event))
        expect([kept.length <= 7, size <= 8750 + 64]).toEqual([true, true])
    }),
  )
})
