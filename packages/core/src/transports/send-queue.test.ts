import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createSendQueue } from './send-queue.ts'

/** What a queue has for a socket that takes everything. */
function flushed(queue: ReturnType<typeof createSendQueue<string>>, now: number): string[] {
  const sent: string[] = []
  queue.flush(now, (item) => sent.push(item) > 0)
  return sent
}

test('gives out what it took, in order, once', () => {
  const queue = createSendQueue<string>(3, 10, 100)
  expect(['a', 'b', 'c'].map((item) => queue.push(item, 1, 0))).toEqual([true, true, true])
  expect([flushed(queue, 1), flushed(queue, 1)]).toEqual([['a', 'b', 'c'], []])
})

test('refuses what is too many or too much, and keeps the rest', () => {
  const queue = createSendQueue<string>(3, 10, 100)
  const taken = (
    [
      ['a', 4],
      ['b', 7],
      ['c', 6],
      ['d', 0],
      ['e', 0],
    ] as const
  ).map(([item, size]) => queue.push(item, size, 0))
  expect(taken).toEqual([true, false, true, true, false])
  expect(flushed(queue, 0)).toEqual(['a', 'c', 'd'])
})

test('trap 49: drops what is stale, for good, and has room again', () => {
  const queue = createSendQueue<string>(2, 10, 100)
  queue.push('a', 10, 0)
  expect(queue.push('b', 1, 99)).toBe(false)
  expect(queue.push('c', 1, 100)).toBe(true)
  expect(flushed(queue, 199)).toEqual(['c'])
  queue.push('d', 1, 200)
  expect(flushed(queue, 300)).toEqual([])
})

test('keeps what a socket does not take, and what is behind it', () => {
  const queue = createSendQueue<string>(9, 10, 100)
  for (const item of ['a', 'b', 'c']) queue.push(item, 1, 0)
  const offered: string[] = []
  queue.flush(1, (item) => offered.push(item) < 2)
  expect(offered).toEqual(['a', 'b'])
  expect(flushed(queue, 2)).toEqual(['b', 'c'])
})

describe('whatever is done to it', () => {
  type Act = readonly ['push', size: number] | readonly ['wait', ms: number] | readonly ['flush', takes: number]
  const act: fc.Arbitrary<Act> = fc.oneof(
    fc.tuple(fc.constant('push' as const), fc.nat(6)),
    fc.tuple(fc.constant('wait' as const), fc.nat(60)),
    fc.tuple(fc.constant('flush' as const), fc.nat(5)),
  )

  test('it sends in order, nothing twice, nothing refused or stale, and everything else', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const queue = createSendQueue<number>(4, 10, 100)
        /** The same, written down plainly. */
        let waiting: { item: number; size: number; at: number }[] = []
        let now = 0
        acts.forEach(([name, amount], item) => {
          if (name === 'wait') now += amount
          waiting = waiting.filter(({ at }) => now - at < 100)
          if (name === 'push') {
            const total = waiting.reduce((sum, { size }) => sum + size, amount)
            const fits = waiting.length < 4 && total <= 10
            if (fits) waiting.push({ item, size: amount, at: now })
            expect(queue.push(item, amount, now)).toBe(fits)
          } else if (name === 'flush') {
            const sent: number[] = []
            queue.flush(now, (each) => sent.length < amount && sent.push(each) > 0)
            expect(sent).toEqual(waiting.splice(0, amount).map((each) => each.item))
          }
        })
      }),
    )
  })
})
