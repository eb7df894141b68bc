import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { byteByByte, cutAt, cutAtRandom, seeded } from '../../test/sse/chunks.ts'
import { decode } from '../../test/sse/decode.ts'
import { decodeUtf8, interpret } from '../../test/sse/reference.ts'
import { places, soup } from '../../test/sse/soup.ts'
import { vectors } from '../../test/sse/vectors.ts'
import { maxTimerMs } from '../env.ts'

import type { Outcome } from '../../test/sse/outcome.ts'

/** A timer of more than this fires at once, so the decoder caps what the standard lets through. */
function capped(outcome: Outcome) {
  const retry = outcome.retry === undefined ? undefined : Math.min(outcome.retry, maxTimerMs)
  return { ...outcome, retry, oversized: 0 }
}

// Every place to cut is tried where that stays quick; of a longer stream, twenty and its random ones.
const shortBytes = 300

function* waysToCut(input: Uint8Array): Generator<readonly [string, readonly Uint8Array[]]> {
  yield ['whole', [input]]
  yield ['byte by byte', byteByByte(input)]
  const step = input.length > shortBytes ? Math.ceil(input.length / 20) : 1
  for (let at = 0; at <= input.length; at += step) yield [`cut at ${at}`, cutAt(input, [at])]
  const random = seeded(input.length + 1)
  for (let run = 0; run < 50; run += 1) {
    const chunks = cutAtRandom(input, random)
    yield [`in chunks of ${chunks.map(({ length }) => length).join()}`, chunks]
  }
}

describe('the decoder, whole, byte by byte, at every place and at fifty random ones', () => {
  test('has vectors, each with a name of its own', () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length)
    expect(vectors.length).toBeGreaterThan(262)
  })

  for (const { name, bytes: input, expected } of vectors) {
    test(name, () => {
      expect(interpret(input), 'the reference').toEqual(expected)
      const wanted = capped(expected)
      for (const [way, chunks] of waysToCut(input)) {
        const decoded = decode(chunks)
        // Comparing the texts first keeps thirty thousand deep comparisons out of the run.
        if (JSON.stringify(decoded) !== JSON.stringify(wanted)) expect(decoded, way).toEqual(wanted)
      }
    })
  }
})

test('the decoder agrees with the reference on any bytes, however they are cut', () => {
  fc.assert(
    fc.property(soup, places, (input, cuts) => {
      const expected = capped(interpret(input))
      const within = cuts.map((place) => Math.min(place, input.length))
      expect(decode([input])).toEqual(expected)
      expect(decode(cutAt(input, within))).toEqual(expected)
      expect(decode(byteByByte(input))).toEqual(expected)
    }),
    { numRuns: 2000 },
  )
})

test('the reference decodes UTF-8 as the platform does', () => {
  const nearUtf8 = fc.array(
    fc.constantFrom(
      0x41,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
    ),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(nearUtf8, (input) => {
      // The line feed ends whatever sequence is open.
      const ended = Uint8Array.from([...input, 0x0a])
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(ended)
      expect(String.fromCodePoint(...decodeUtf8(ended))).toBe(text)
    }),
    { numRuns: 2000 },
  )
})
