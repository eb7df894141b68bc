import { describe, expect, it } from 'vitest'
import { createCampaignBook } from './campaign-book.ts'
import type { CampaignBook, TrafficEntry } from './campaign-book.ts'

const setting = {
  id: 'spring',
  name: 'Spring',
  owner: 'ann',
  variants: [
    { id: 'A', clickRate: 0.03, buyRate: 0.1 },
    { id: 'B', clickRate: 0.05, buyRate: 0.1 },
  ],
}
const openBook = () => createCampaignBook([setting], Math.random)

function take(book: CampaignBook, entry: TrafficEntry): void {
  if (entry.kind === 'tick') book.tick(entry)
  else if (entry.kind === 'change') book.change(entry)
  else book.tell(entry.at)
}

function stateOf(book: CampaignBook) {
  const campaign = book.campaigns.get('spring')
  return { totals: campaign?.log.totals(), mood: campaign?.mood, thresholds: campaign?.thresholds }
}

describe('the book of campaigns', () => {
  it('comes to the same in every process, also in one that came later', () => {
    const [leader, follower, late] = [openBook(), openBook(), openBook()]
    const journal: TrafficEntry[] = []
    const write = (entry: TrafficEntry) => {
      journal.push(entry)
      take(leader, entry)
    }
    write(leader.next(1, 1000))
    write({ kind: 'change', id: 'spring', change: { mood: 'surge' } })
    write(leader.next(1, 2000))
    write({ kind: 'tell', at: 2000 })
    write(leader.next(1, 3000))
    for (const entry of journal) take(follower, entry)
    // Of the journal's beginning nothing is left.
    for (const entry of journal.slice(2)) take(late, entry)
    expect(stateOf(leader).mood).toBe('surge')
    expect(stateOf(follower)).toEqual(stateOf(leader))
    expect(stateOf(late)).toEqual(stateOf(leader))
  })

  it('leaves out a tick that was overtaken, by a change or by another leader', () => {
    const book = openBook()
    book.tick(tick(book, 1000))
    const [one, other] = [tick(book, 2000), tick(book, 2000)]
    book.tick(one)
    const before = stateOf(book)
    book.tick(other)
    expect(stateOf(book)).toEqual(before)

    const old = tick(book, 3000)
    book.change({ kind: 'change', id: 'spring', change: { reset: true } })
    book.tick(old)
    expect(stateOf(book).totals).toEqual(new Map())
    book.tick(tick(book, 4000))
    expect(stateOf(book).totals?.get('A')?.impressions).toBeGreaterThan(0)
  })
})

function tick(book: CampaignBook, at: number): Extract<TrafficEntry, { kind: 'tick' }> {
  const entry = book.next(1, at)
  if (entry.kind !== 'tick') throw new Error('the next entry is a tick')
  return entry
}
