import { assert, pre, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { segment } from './url.ts'

describe('segment', () => {
  it('is one segment of a path, whatever the ID', () => {
    assert(
      property(string({ unit: 'grapheme' }), (id) => {
        pre(!/^\.{0,2}$/.test(id))
        const { pathname, search, hash } = new URL(`/a/${segment(id)}/b`, 'http://a.test')
        const [, a, part = '', b, ...more] = pathname.split('/')
        expect([a, decodeURIComponent(part), b, more, search, hash]).toEqual(['a', id, 'b', [], '', ''])
      }),
    )
  })

  it.each(['', '.', '..'])('refuses %j, which would lead to another path', (id) => {
    expect(() => segment(id)).toThrow(new TypeError(`id must not be "${id}"`))
  })
})
