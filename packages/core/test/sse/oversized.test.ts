import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'

import { createSseDecoder } from '../../src/transports/sse-decoder.ts'
import { byteByByte, cutAt, cutAtRandom, seeded } from './chunks.ts'
import { decode } from './decode.ts'
import { bytes } from './vector.ts'

const limit = 40

interface Case {
  readonly name: string
  readonly input: string
  /** Data of the events that arrive, with the last event ID at each. */
  readonly events: readonly (readonly [string, string])[]
  readonly lastEventId: string
  readonly oversized: number
}

const long = 'x'.repeat(3 * limit)
const after = 'data: next\n\n'

const cases: readonly Case[] = [
  {
    name: 'an event that is too long, and the next one',
    input: `data: ${long}\n\n${after}`,
    events: [['next', '']],
    lastEventId: '',
    oversized: 1,
  },
  {
    name: 'an id before the data counts',
    input: `id: 12\ndata: ${long}\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'an id after the data counts',
    input: `data: ${long}\nid: 12\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'an id between the data counts',
    input: `data: ${long}\nid: 12\ndata: ${long}\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'the last of two ids around the data counts',
    input: `id: 12\ndata: ${long}\nid: 34\n\n${after}`,
    events: [['next', '34']],
    lastEventId: '34',
    oversized: 1,
  },
  {
    name: 'an empty id after the data resets',
    input: `id: 12\ndata: a\n\ndata: ${long}\nid\n\n${after}`,
    events: [
      ['a', '12'],
      ['next', ''],
    ],
    lastEventId: '',
    oversized: 1,
  },
  {
    name: 'an id with NUL after the data is ignored',
    input: `id: 12\ndata: ${long}\nid: 3\0\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'what looks like an id inside the data is none',
    input: `data: ${long}id: 12\ndata: id: 34\n\n${after}`,
    events: [['next', '']],
    lastEventId: '',
    oversized: 1,
  },
  {
    name: 'an event that is too long in many short lines',
    input: `id: 12\n${'data: xxx\n'.repeat(limit)}\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'two that are too long, one after the other',
    input: `id: 1\ndata: ${long}\n\nid: 2\ndata: ${long}\n\n${after}`,
    events: [['next', '2']],
    lastEventId: '2',
    oversized: 2,
  },
  {
    name: 'one between two that arrive',
    input: `id: 1\ndata: a\n\ndata: ${long}\n\ndata: b\n\n`,
    events: [
      ['a', '1'],
      ['b', '1'],
    ],
    lastEventId: '1',
    oversized: 1,
  },
  {
    name: 'one with CR LF',
    input: `id: 12\r\ndata: ${long}\r\n\r\ndata: next\r\n\r\n`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'one with CR and its id after the data',
    input: `data: ${long}\rid: 12\r\rdata: next\r\r`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'one with mixed line ends and its id after the data',
    input: `data: ${long}\r\nid: 12\n\r\ndata: next\n\r`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'one of three-byte characters',
    input: `id: 12\ndata: ${'€'.repeat(3 * limit)}\n\n${after}`,
    events: [['next', '12']],
    lastEventId: '12',
    oversized: 1,
  },
  {
    name: 'one that is cut off counts for nothing of its id',
    input: `id: 1\ndata: a\n\ndata: ${long}\n`,
    events: [['a', '1']],
    lastEventId: '1',
    oversized: -1,
  },
  {
    name: 'an event of exactly the limit arrives',
    input: `data: ${'x'.repeat(limit)}\n\n${after}`,
    events: [
      ['x'.repeat(limit), ''],
      ['next', ''],
    ],
    lastEventId: '',
    oversized: 0,
  },
  {
    name: 'an event of one over the limit does not',
    input: `data: ${'x'.repeat(limit + 1)}\n\n${after}`,
    events: [['next', '']],
    lastEventId: '',
    oversized: 1,
  },
  {
    name: 'comments do not make an event longer',
    input: `${': keep-alive\n'.repeat(limit)}id: 12\ndata: a\n${': keep-alive\n'.repeat(limit)}\n${after}`,
    events: [
      ['a', '12'],
      ['next', '12'],
    ],
    lastEventId: '12',
    oversized: 0,
  },
  {
    name: 'a long comment does not take the event after it along',
    input: `:${long}\nid: 12\ndata: a\n\n${after}`,
    events: [
      ['a', '12'],
      ['next', '12'],
    ],
    lastEventId: '12',
    oversized: 0,
  },
  {
    name: 'a long line of no field does not take its event along',
    input: `${long}: y\nid: 12\ndata: a\n\n${after}`,
    events: [
      ['a', '12'],
      ['next', '12'],
    ],
    lastEventId: '12',
    oversized: 0,
  },
]

const waysToCut = (input: Uint8Array) => {
  const random = seeded(1)
  return [
    [input],
    byteByByte(input),
    ...Array.from(input, (_, at) => cutAt(input, [at])),
    ...Array.from({ length: 100 }, () => cutAtRandom(input, random)),
  ]
}

describe('an event over maxEventSize is told, skipped and committed, however the stream is cut', () => {
  test.each(cases)('$name', ({ input, events, lastEventId, oversized }) => {
    for (const chunks of waysToCut(bytes(input))) {
      const decoded = decode(chunks, limit)
      const seen = decoded.events.map(({ data, id }) => [data, id])
      const way = `in chunks of ${chunks.map(({ length }) => length).join()}`
      expect([seen, decoded.lastEventId], way).toEqual([events, lastEventId])
      // Whether an event that was cut off is told depends on how much of it came at once.
      if (oversized >= 0) expect(decoded.oversized, way).toBe(oversized)
    }
  })
})

describe('what never ends takes no memory', () => {
  const chunk = 64 * 1024
  const chunks = 1024
  const most = 8 * 1024 * 1024

  test.each([
    ['a line of data', 'data: ', 'x'.repeat(chunk), '\n\n'],
    ['data in short lines', '', 'data: xx\n'.repeat(chunk / 8), '\n'],
    ['an id', 'id: ', 'x'.repeat(chunk), '\n\n'],
    ['an event name', 'event: ', 'x'.repeat(chunk), '\n\n'],
    ['a retry', 'retry: ', '1'.repeat(chunk), '\n\n'],
    ['a comment', ':', 'x'.repeat(chunk), '\n\n'],
    ['a row of comments', '', ': keep-alive\n'.repeat(chunk / 13), '\n'],
    ['a line of no field', 'foo: ', 'x'.repeat(chunk), '\n\n'],
    ['a row of lines of no field', '', 'foo\n'.repeat(chunk / 4), '\n'],
    ['a line of one letter', '', 'x'.repeat(chunk), '\n\n'],
    ['a row of ids', '', 'id: 1\n'.repeat(chunk / 6), '\n'],
    ['blank lines', '', '\n'.repeat(chunk), ''],
    ['bytes that are no UTF-8', 'data: ', new Uint8Array(chunk).fill(0xff), '\n\n'],
  ])('%s', (_, begin, middle, end) => {
    const events: string[] = []
    const nothing = () => {}
    const sink = { moved: nothing, comment: nothing, retry: nothing, oversized: nothing }
    const decoder = createSseDecoder({ ...sink, event: ({ data }) => void events.push(data) }, 1024 * 1024)
    decoder.feed(bytes(begin))
    const piece = bytes(middle)
    const before = usedHeap()
    for (let n = 0; n < chunks; n += 1) decoder.feed(piece)
    expect(usedHeap() - before).toBeLessThan(most)
    decoder.feed(bytes(end, 'data: next\n\n'))
    expect(events).toEqual(['next'])
  })
})

function usedHeap(): number {
  // The collector can be had at run time, so the runner needs no flag.
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
