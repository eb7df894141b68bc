import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLabLinks } from './lab-links.ts'
import { createLabTokens } from './lab-tokens.ts'
import type { Ledger } from './ledger.ts'

const idOf = (n: number) => `link${String(n).padStart(6, '0')}`
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, n) => idOf(from + n))

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('the links of the lab', () => {
  it('are 200 at most, and none that is new or followed is given up for another', () => {
    const ledger: Ledger = new Map()
    const links = createLabLinks(ledger)
    expect(ids(200).map((id) => links.open(id)?.labId)).toEqual(ids(200))
    expect(links.open('stranger')).toBeUndefined()
    vi.advanceTimersByTime(5000)
    links.advance(50, new Set([idOf(0)]))
    expect(links.open('stranger')?.labId).toBe('stranger')
    expect([links.find(idOf(0))?.labId, links.find(idOf(1))]).toEqual([idOf(0), undefined])
    expect(ledger.size).toBe(200)
  })

  it('count while somebody follows, and a minute longer', () => {
    const links = createLabLinks(new Map())
    links.open(idOf(0))
    const counted = (ms: number, followed: readonly string[] = []) =>
      links.advance(ms, new Set(followed)).map(({ event }) => event.n)
    expect(counted(1000, [idOf(0)])).toEqual([1, 2, 3, 4, 5])
    vi.advanceTimersByTime(60_000)
    expect(counted(400)).toEqual([6, 7])
    vi.advanceTimersByTime(1)
    expect(counted(400)).toEqual([])
  })
})

describe('the tokens of the lab', () => {
  it('end after ten minutes, when they are withdrawn, and where there are too many', () => {
    const tokens = createLabTokens()
    const [first, second, other] = ['a', 'a', 'b'].map((labId) => tokens.issue(labId).token)
    expect(tokens.whoIs(second ?? '')?.labId).toBe('a')
    for (let n = 0; n < 4998; n++) tokens.issue('flood')
    expect(tokens.whoIs(first ?? '')).toBeUndefined()
    expect(tokens.whoIs(second ?? '')?.labId).toBe('a')
    tokens.withdraw('a')
    expect(tokens.whoIs(second ?? '')).toBeUndefined()
    vi.advanceTimersByTime(599_999)
    expect(tokens.whoIs(other ?? '')?.labId).toBe('b')
    vi.advanceTimersByTime(1)
    expect(tokens.whoIs(other ?? '')).toBeUndefined()
  })
})
