import { describe, expect, it } from 'vitest'

import { closeCodes, reconnectsAfter } from './close-codes.ts'

describe('reconnectsAfter', () => {
  it.each([
    [2999, false],
    [3000, true],
    [3499, true],
    [3500, false],
    [3999, false],
    [4000, true],
    [4499, true],
    [4500, false],
    [4999, false],
    [5000, false],
  ])('%d: %s', (code, comesBack) => {
    expect(reconnectsAfter(code)).toBe(comesBack)
  })

  it('gives each reason a code of its own', () => {
    const codes = Object.values(closeCodes).map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })
})
