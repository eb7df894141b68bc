import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { byteByByte, cutAt, cutAtRandom, seeded } from './chunks.ts'
import { decode } from './decode.ts'
import { after, limit, oversizedCases } from './oversized-cases.ts'
import { interpret } from './reference.ts'
import { places, soup } from './soup.ts'
import { bytes } from './vector.ts'

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
  test.each(oversizedCases)('$name', ({ input, events, lastEventId, oversized }) => {
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

test('an id longer than the limit is taken whole or not at all', () => {
  const id = '1'.repeat(2 * limit)
  for (const chunks of waysToCut(bytes(`id: ${id}\ndata: a\n\n${after}`))) {
    expect(['', id]).toContain(decode(chunks, limit).lastEventId)
  }
})

test('the decoder with a limit agrees with the reference on any bytes, however they are cut', () => {
  fc.assert(
    fc.property(soup, places, (input, cuts) => {
      const { events, lastEventId } = interpret(input)
      const tooLong = events.filter(({ data }) => data.length > smallLimit)
      // What becomes of a field that is itself over the limit is tested by itself.
      fc.pre(
        !new TextDecoder()
          .decode(input)
          .split(/[\r\n]+/)
          .some((line) => isLongField(line)),
      )
      const within = cuts.map((place) => Math.min(place, input.length))
      for (const chunks of [[input], cutAt(input, within), byteByByte(input)]) {
        const decoded = decode(chunks, smallLimit)
        expect(decoded.events).toEqual(events.filter((event) => !tooLong.includes(event)))
        expect([decoded.lastEventId, decoded.oversized]).toEqual([lastEventId, tooLong.length])
      }
    }),
    { numRuns: 3000 },
  )
})

const smallLimit = 6
const isLongField = (line: string) => !/^\uFEFF?data/.test(line) && line.length > smallLimit
