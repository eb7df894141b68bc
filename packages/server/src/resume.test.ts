import { describe, expect, it } from 'vitest'

import { ChannelEvent } from './channel-event.ts'
import { advance, planStart } from './resume.ts'

import type { ChannelExtent, Plan, Start } from './resume.ts'

function at(offset: number) {
  return { epoch: 'e', offset }
}
function token(text: string): Start {
  return { at: 'token', token: text }
}
const now: Start = { at: 'now' }
const start: Start = { at: 'start' }
const whole = { epoch: 'e', oldest: 1, top: 9, completed: false }
const trimmed = { epoch: 'e', oldest: 5, top: 9, completed: false }
const expired = { epoch: 'e', oldest: 10, top: 9, completed: false }
const empty = { epoch: 'e', oldest: 1, top: 0, completed: false }
const done = { ...whole, completed: true }
const lostBefore5: Plan = { recovered: false, gap: { to: at(4) }, cursor: at(4) }

describe('planStart', () => {
  it.each<[string, Start, ChannelExtent, Plan]>([
    ['a fresh join begins at the end', now, whole, { cursor: at(9) }],
    ['a fresh join of an empty channel begins at 0', now, empty, { cursor: at(0) }],
    ['a fresh join of a completed channel is answered', now, done, { cursor: at(9) }],
    ['from=start begins before the first event', start, whole, { cursor: at(0) }],
    ['from=start of an empty channel', start, empty, { cursor: at(0) }],
    ['from=start after trimming is a gap', start, trimmed, { gap: { to: at(4) }, cursor: at(4) }],
    ['from=start after all expired', start, expired, { gap: { to: at(9) }, cursor: at(9) }],
    ['a position in history', token('e:6'), trimmed, { recovered: true, cursor: at(6) }],
    ['the position before the oldest', token('e:4'), trimmed, { recovered: true, cursor: at(4) }],
    ['the end, though all expired', token('e:9'), expired, { recovered: true, cursor: at(9) }],
    ['offset 0 of an untrimmed channel', token('e:0'), whole, { recovered: true, cursor: at(0) }],
    ['the end of a completed channel', token('e:9'), done, { recovered: true, cursor: at(9), isFinished: true }],
    ['before the end of a completed one', token('e:8'), done, { recovered: true, cursor: at(8) }],
    ['a trimmed position', token('e:3'), trimmed, { ...lostBefore5, gap: { from: at(3), to: at(4) } }],
    ['beyond the end', token('e:10'), trimmed, { recovered: false, gap: { from: at(10), to: at(9) }, cursor: at(9) }],
    ['another epoch', token('f:6'), trimmed, { ...lostBefore5, gap: { from: { epoch: 'f', offset: 6 }, to: at(4) } }],
    ['what is no position', token('nonsense'), trimmed, lostBefore5],
    ['an empty token', token(''), trimmed, lostBefore5],
    ['security 22: a token over 256 characters', token(`e:${'1'.repeat(255)}`), trimmed, lostBefore5],
    ['security 22: a token with CR LF', token('e:6\r\nx: y'), trimmed, lostBefore5],
  ])('%s', (_, from, extent, plan) => {
    expect(planStart(from, extent)).toEqual(plan)
  })
})

describe('advance', () => {
  function page(extent: ChannelExtent, ...offsets: number[]) {
    return { ...extent, events: offsets.map((offset) => new ChannelEvent(extent.epoch, offset, '0')) }
  }

  it.each([
    ['goes to the last event of the page', at(4), page(trimmed, 5, 6), undefined, [5, 6], at(6)],
    ['stays where there is nothing', at(9), page(trimmed), undefined, [], at(9)],
    ['declares what was trimmed meanwhile', at(2), page(trimmed, 5), { from: at(2), to: at(4) }, [5], at(5)],
    ['declares what expired with all the rest', at(2), page(expired), { from: at(2), to: at(9) }, [], at(9)],
    [
      'takes nothing of a page that belongs to another life',
      { epoch: 'former', offset: 5 },
      page(trimmed, 6, 7),
      { from: { epoch: 'former', offset: 5 }, to: at(4) },
      [],
      at(4),
    ],
  ])('%s', (_, from, read, gap, offsets, cursor) => {
    const step = advance(from, read)
    expect([step.gap, step.events.map(({ offset }) => offset), step.cursor]).toEqual([gap, offsets, cursor])
  })
})
