import { describe, expect, test } from 'vitest'

import { messages, setUp, told } from './poll-items.ts'

describe('items that come again', () => {
  test('are told once, by their id', async () => {
    const { dial, current } = setUp()
    const link = dial()
    for (const answer of [messages(1, 2), messages(1, 2, 3), messages(3, 3, 4)]) {
      await link.clock.advance(5000)
      current().json(answer)
      await link.clock.advance(0)
    }
    expect(link.facts()).toEqual(['opened', ...told(1, 2, 3, 4)])
  })

  test('are told once by keyOf, which gives an ID to those without one', async () => {
    const { dial, current } = setUp({ keyOf: ({ data }) => `key ${String(data)}` })
    const link = dial()
    for (const answer of [
      [{ text: 1 }, { id: 'a', text: 2 }],
      [{ text: 1 }, { id: 'b', text: 2 }, { text: 3 }],
    ]) {
      await link.clock.advance(5000)
      current().json(answer)
      await link.clock.advance(0)
    }
    expect(link.facts()).toEqual(['opened', 'event message key 1 1', 'event message a 2', 'event message key 3 3'])
  })

  test('are all new where nothing tells them apart', async () => {
    const { dial, current } = setUp()
    const link = dial()
    for (let n = 0; n < 2; n++) {
      await link.clock.advance(5000)
      current().json([{ text: 'state' }])
      await link.clock.advance(0)
    }
    expect(link.facts()).toEqual(['opened', ...Array<string>(2).fill('event message undefined "state"')])
  })

  test('are told once over links', async () => {
    const { dial, current } = setUp()
    const first = dial()
    await first.clock.advance(0)
    current().json(messages(1, 2))
    await first.clock.advance(0)
    first.abort()
    const second = dial('m2')
    await second.clock.advance(0)
    current().json(messages(1, 2, 3))
    await second.clock.advance(0)
    expect([first.facts(), second.facts()]).toEqual([
      ['opened', ...told(1, 2)],
      ['opened', ...told(3)],
    ])
  })

  test('are recognised among 10,000 others in the same answer, each time', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => n)
    const { dial, current } = setUp()
    const link = dial()
    for (let n = 0; n < 3; n++) {
      await link.clock.advance(5000)
      current().json(messages(...many))
      await link.clock.advance(0)
    }
    expect(link.facts()).toHaveLength(10_001)
  })

  test('trap 48: are forgotten 8,192 others later, since the memory is bounded', async () => {
    const { dial, current } = setUp()
    const link = dial()
    const ask = async (...numbers: number[]) => {
      await link.clock.advance(5000)
      current().json(messages(...numbers))
      await link.clock.advance(0)
    }
    await ask(0)
    for (let from = 1; from <= 8192; from += 64) await ask(...Array.from({ length: 64 }, (_, n) => from + n))
    await ask(0)
    expect(link.facts().filter((line) => line === 'event message m0 0')).toHaveLength(2)
  })
})

describe('a stream that goes back', () => {
  test('to what its handler has seen is told the rest again', async () => {
    const { dial, current } = setUp()
    const first = dial()
    await first.clock.advance(0)
    current().json(messages(1, 2, 3, 4))
    await first.clock.advance(0)
    first.abort()
    const second = dial('m2')
    await second.clock.advance(0)
    current().json(messages(1, 2, 3, 4))
    await second.clock.advance(0)
    expect(second.facts()).toEqual(['opened', ...told(3, 4)])
  })

  test('to where an earlier page left it is not told again what is before that', async () => {
    const { dial, current } = setUp()
    const link = dial('m2')
    await link.clock.advance(0)
    current().json(messages(1, 2, 3))
    await link.clock.advance(5000)
    current().json(messages(0, 2, 3, 4))
    await link.clock.advance(0)
    expect(link.facts()).toEqual(['opened', ...told(3, 0, 4)])
  })

  test('behind what a link was told that only looked whether the endpoint works is told it again', async () => {
    const { dial, current } = setUp()
    for (const token of ['', 'm1']) {
      const probe = dial(token)
      await probe.clock.advance(0)
      current().json(messages(1, 2))
      await probe.clock.advance(0)
      probe.abort()
    }
    const link = dial('m1')
    await link.clock.advance(0)
    current().json(messages(1, 2))
    await link.clock.advance(0)
    expect(link.facts()).toEqual(['opened', ...told(2)])
  })

  test('to something that the endpoint has no more is told everything it has', async () => {
    const { dial, current } = setUp()
    const link = dial('m2')
    await link.clock.advance(0)
    current().json(messages(5, 6))
    await link.clock.advance(0)
    expect(link.facts()).toEqual(['opened', ...told(5, 6)])
  })

  test('asks without the validator of what it has not seen', async () => {
    const { dial, current, asked } = setUp()
    const first = dial()
    await first.clock.advance(0)
    current().json(messages(1, 2), { headers: { ETag: '"a"' } })
    await first.clock.advance(0)
    first.abort()
    const second = dial('m1')
    await second.clock.advance(0)
    expect(asked[1]?.headers.has('If-None-Match')).toBe(false)
  })
})
