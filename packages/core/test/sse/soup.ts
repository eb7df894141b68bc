import fc from 'fast-check'

import { bytes } from './vector.ts'

const fragments = [
  'data',
  'event',
  'id',
  'retry',
  ':',
  ': ',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  ' ',
  '\0',
  'x',
  '17',
  'data: ',
]
const others = ['id: ', 'event: ', '\uFEFF', 'é', '😀', '\u2028', '\uFFFD']

/** Bytes that are nearly an event stream: pieces of one, bytes of any value and any characters. */
export const soup = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...fragments, ...others) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 255 }) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => bytes(...parts))

/** Places to cut such a stream. */
export const places = fc.array(fc.nat({ max: 200 }), { maxLength: 8 })
