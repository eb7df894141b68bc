import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { createGenerationEvent, generation } from './generation.ts'

import type { GenerationState } from './generation.ts'

const smith = { key: 'smith', source: 'Smith 2020' }
const jones = { key: 'jones', source: 'Jones 2021' }

describe('generation', () => {
  it('puts deltas together block by block, in the order in which the blocks began', () => {
    const events = [
      { blockId: '2', delta: 'Once' },
      { blockId: '1', delta: 'Then' },
      { blockId: '2', delta: ' upon', cites: [smith] },
      { blockId: '2', delta: '', cites: [smith, jones] },
      { blockId: '1', delta: '.', done: true },
    ]
    expect(generation.initial).toEqual({ blocks: [], isDone: false })
    const one = { blockId: '1', text: 'Then', cites: [] }
    expect(reduceAll(generation, events)).toEqual([
      { blocks: [{ blockId: '2', text: 'Once', cites: [] }], isDone: false },
      { blocks: [{ blockId: '2', text: 'Once', cites: [] }, one], isDone: false },
      { blocks: [{ blockId: '2', text: 'Once upon', cites: [smith] }, one], isDone: false },
      { blocks: [{ blockId: '2', text: 'Once upon', cites: [smith, jones] }, one], isDone: false },
      {
        blocks: [
          { blockId: '2', text: 'Once upon', cites: [smith, jones] },
          { ...one, text: 'Then.' },
        ],
        isDone: true,
      },
    ])
  })

  it('leaves alone what an event does not touch', () => {
    const [, before, after] = reduceAll(generation, [
      { blockId: 'a', delta: 'A', cites: [smith] },
      { blockId: 'b', delta: 'B' },
      { blockId: 'a', delta: 'A' },
    ])
    expect(after?.blocks[1]).toBe(before?.blocks[1])
    expect(after?.blocks[0]?.cites).toBe(before?.blocks[0]?.cites)
  })

  it('stays the same object where nothing is added', () => {
    const [once, ...more] = reduceAll(generation, [
      { blockId: 'a', delta: 'A', cites: [smith] },
      { blockId: 'a', delta: '', cites: [smith] },
      { blockId: 'a', delta: '' },
      { blockId: 'a', delta: 7 },
      { blockId: 7, delta: 'A' },
      null,
    ])
    expect(more.every((state) => state === once)).toBe(true)
  })

  it('leaves out a malformed cite, and keeps the text', () => {
    const cites = [null, { key: 1, source: 'x' }, 'smith', jones]
    expect(
      reduceAll(generation, [
        { blockId: 'a', delta: 'A', cites },
        { blockId: 'a', delta: 'B', cites: 'no' },
      ]),
    ).toEqual([
      { blocks: [{ blockId: 'a', text: 'A', cites: [jones] }], isDone: false },
      { blocks: [{ blockId: 'a', text: 'AB', cites: [jones] }], isDone: false },
    ])
  })

  it('holds 500 blocks, and 100,000 characters and 200 cites of each', () => {
    const cites = Array.from({ length: 201 }, (_, n) => ({ key: `k${n}`, source: 's' }))
    const blocks = Array.from({ length: 501 }, (_, n) => ({ blockId: `b${n}`, delta: '' }))
    const long = { blockId: 'b0', delta: 'x'.repeat(99_999), cites }
    const states = reduceAll(generation, [
      ...blocks,
      long,
      { blockId: 'b0', delta: 'yz' },
      { blockId: 'b0', delta: 'z' },
    ])
    const last = states.at(-1)
    expect(last?.blocks.map(({ blockId }) => blockId)).toEqual(blocks.slice(0, 500).map(({ blockId }) => blockId))
    expect([last?.blocks[0]?.text.length, last?.blocks[0]?.text.endsWith('xy')]).toEqual([100_000, true])
    expect(last?.blocks[0]?.cites).toEqual(cites.slice(0, 200))
    expect(last).toBe(states.at(-2))
  })

  it('completes with done, and fails with an error', () => {
    const done = createGenerationEvent({ blockId: 'a', delta: '', done: true })
    const failed = createGenerationEvent({ blockId: 'a', delta: '', done: true, error: 'out of tokens' })
    expect([done, failed].map((event) => generation.isComplete?.(event))).toEqual([true, false])
    expect([done, failed].map((event) => generation.failure?.(event))).toEqual([undefined, 'out of tokens'])
  })

  it('has a place, and begins at the start', () => {
    expect(generation.path({ streamId: 's 1' })).toBe('/api/generation/stream?streamId=s%201')
    expect(generation.from).toBe('start')
  })

  it('is typed', () => {
    expectTypeOf(generation.reduce).returns.toEqualTypeOf<GenerationState>()
    // @ts-expect-error a cite has a source
    createGenerationEvent({ blockId: 'a', delta: '', cites: [{ key: 'smith' }] })
  })
})
