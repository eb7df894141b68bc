import { assert, dictionary, jsonValue, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { update } from './update.ts'

describe('update', () => {
  it('gives a new object exactly where the JSON differs, and changes neither of them', () => {
    const object = dictionary(string(), jsonValue())
    assert(
      property(object, object, (state, changes) => {
        const before = JSON.stringify([state, changes])
        const next = update(state, changes)
        const expected = { ...state, ...changes }
        expect(next).toEqual(expected)
        expect(next === state).toBe(JSON.stringify(expected) === JSON.stringify(state))
        expect(JSON.stringify([state, changes])).toBe(before)
      }),
    )
  })
})
