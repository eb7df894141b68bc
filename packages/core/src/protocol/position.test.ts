import { assert, integer, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { formatPosition, parsePosition } from './position.ts'

describe('parsePosition', () => {
  it('reads what formatPosition writes', () => {
    const epoch = string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 64 }).map((text) =>
      text.replace(/[^\w-]/g, '_'),
    )
    assert(
      property(epoch, integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (name, offset) => {
        expect(parsePosition(formatPosition({ epoch: name, offset }))).toEqual({ epoch: name, offset })
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ['no colon', 'abc'],
    ['no epoch', ':1'],
    ['no offset', 'abc:'],
    ['a second colon', 'a:b:1'],
    ['a sign', 'abc:-1'],
    ['a leading zero', 'abc:01'],
    ['a fraction', 'abc:1.5'],
    ['an exponent', 'abc:1e3'],
    ['hexadecimal', 'abc:0x1'],
    ['an offset over 2^53-1', 'abc:9007199254740992'],
    ['a space', ' abc:1'],
    ['a line end at the end', 'abc:1\n'],
    ['NUL', 'a\0c:1'],
    ['other letters', 'äbc:1'],
    ['full-width digits', 'abc:１'],
    ['an epoch of 65 characters', `${'e'.repeat(65)}:1`],
  ])('security 22: refuses %s', (_, text) => {
    expect(parsePosition(text)).toBeUndefined()
  })
})
