import { assert, integer, property, record, array, oneof, constant } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ChannelEvent } from './channel-event.ts'
import { History } from './history.ts'

const unbounded = { size: Infinity, bytes: Infinity, ttlMs: Infinity }

function filled(count: number, limits = unbounded): History {
  const history = new History(limits)
  for (let offset = 1; offset <= count; offset++) history.append(new ChannelEvent('e', offset, '1'), 0)
  return history
}

describe('History', () => {
  it('reads what comes after an offset, oldest first, up to a limit', () => {
    const history = filled(5)
    expect(history.after(0, 2).map(({ offset }) => offset)).toEqual([1, 2])
    expect(history.after(3, 9).map(({ offset }) => offset)).toEqual([4, 5])
    expect(history.after(5, 9)).toEqual([])
    expect(history.after(99, 9)).toEqual([])
  })

  it('keeps at most the given number of events', () => {
    const history = filled(5, { ...unbounded, size: 2 })
    expect([history.oldest, history.top, history.size]).toEqual([4, 5, 2])
    expect(history.after(0, 9).map(({ offset }) => offset)).toEqual([4, 5])
  })

  it('numbers on when nothing is kept', () => {
    const history = filled(3, { ...unbounded, size: 0 })
    expect([history.oldest, history.top, history.size, history.bytes]).toEqual([4, 3, 0, 0])
  })

  it('does not keep an event that is over the byte limit by itself', () => {
    const history = filled(1, { ...unbounded, bytes: 30 })
    history.append(new ChannelEvent('e', 2, `"${'x'.repeat(30)}"`), 0)
    expect([history.oldest, history.top, history.bytes]).toEqual([3, 2, 0])
  })

  it('holds what a plain list with the same limits holds', () => {
    const step = oneof(
      record({
        do: constant('append' as const),
        chars: integer({ min: 0, max: 40 }),
        wait: integer({ min: 0, max: 30 }),
      }),
      record({ do: constant('prune' as const), chars: constant(0), wait: integer({ min: 0, max: 60 }) }),
    )
    const limits = record({
      size: integer({ min: 0, max: 60 }),
      bytes: integer({ min: 0, max: 900 }),
      ttlMs: integer({ min: 1, max: 200 }),
    })
    assert(
      property(limits, array(step, { maxLength: 200 }), integer({ min: 0, max: 210 }), (bounds, steps, after) => {
        const history = new History(bounds)
        let model: { event: ChannelEvent; at: number }[] = []
        let now = 0
        let top = 0
        for (const { do: what, chars, wait } of steps) {
          now += wait
          if (what === 'append') {
            const event = new ChannelEvent('e', ++top, JSON.stringify('x'.repeat(chars)))
            model.push({ event, at: now })
            history.append(event, now)
          } else history.prune(now)
          const bytes = () => model.reduce((sum, { event }) => sum + event.sse.length, 0)
          model = model.filter(({ at }) => now - at < bounds.ttlMs)
          while (model.length > bounds.size || bytes() > bounds.bytes) model.shift()
          expect([history.size, history.bytes, history.top]).toEqual([model.length, bytes(), top])
          expect(history.oldest).toBe(model[0]?.event.offset ?? top + 1)
        }
        expect(history.after(after, 50)).toEqual(model.map((entry) => entry.event).filter((event) => event.offset > after).slice(0, 50)) // prettier-ignore
      }),
    )
  })
})
