import { describe, expect, it } from 'vitest'
import { follow, isVacant, nobody, silenceMs } from './leading.ts'
import type { LeadEntry } from './leading.ts'

const entry = (kind: LeadEntry['kind'], by: string, term: number, at = 0): LeadEntry => ({ kind, by, term, at })

describe('who leads', () => {
  it('is the first of those who claim a term', () => {
    const leading = [entry('claim', 'a', 1), entry('claim', 'b', 1), entry('beat', 'b', 1)].reduce(follow, nobody)
    expect(leading).toMatchObject({ term: 1, leader: 'a' })
  })

  it('is no longer who led an earlier term, whatever he says when he wakes up', () => {
    const entries = [entry('claim', 'a', 1), entry('claim', 'b', 2), entry('beat', 'a', 1), entry('resign', 'a', 1)]
    expect(entries.reduce(follow, nobody)).toMatchObject({ term: 2, leader: 'b' })
  })

  it('is known to who comes later by the next beat', () => {
    expect(follow(nobody, entry('beat', 'a', 7, 5))).toEqual({ term: 7, leader: 'a', heardAt: 5 })
  })

  it('is nobody after a resignation, and after a silence', () => {
    const leading = follow(nobody, entry('claim', 'a', 1, 1000))
    expect(isVacant(leading, 1000 + silenceMs - 1)).toBe(false)
    expect(isVacant(leading, 1000 + silenceMs)).toBe(true)
    expect(isVacant(follow(leading, entry('resign', 'a', 1)), 1000)).toBe(true)
    expect(isVacant(follow(leading, entry('beat', 'a', 1, 2000)), 1000 + silenceMs)).toBe(false)
  })
})
