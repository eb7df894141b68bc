import { describe, expect, it } from 'vitest'

import { planStart } from './resume.ts'

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
const lostBefore5: Plan = { kind: 'stream', recovered: false, gap: { to: at(4) }, cursor: at(4) }

describe('planStart', () => {
  it.each<[string, Start, ChannelExtent, Plan]>([
    ['a fresh join begins at the end', now, whole, { kind: 'stream', cursor: at(9) }],
    ['a fresh join of an empty channel begins at 0', now, empty, { kind: 'stream', cursor: at(0) }],
    ['a fresh join of a completed channel is answered', now, done, { kind: 'stream', cursor: at(9) }],
    ['from=start begins before the first event', start, whole, { kind: 'stream', cursor: at(0) }],
    ['from=start of an empty channel', start, empty, { kind: 'stream', cursor: at(0) }],
    ['from=start after trimming is a gap', start, trimmed, { kind: 'stream', gap: { to: at(4) }, cursor: at(4) }],
    ['from=start after all expired', start, expired, { kind: 'stream', gap: { to: at(9) }, cursor: at(9) }],
    ['a position in history', token('e:6'), trimmed, { kind: 'stream', recovered: true, cursor: at(6) }],
    ['the position before the oldest', token('e:4'), trimmed, { kind: 'stream', recovered: true, cursor: at(4) }],
    ['the end, though all expired', token('e:9'), expired, { kind: 'stream', recovered: true, cursor: at(9) }],
    ['offset 0 of an untrimmed channel', token('e:0'), whole, { kind: 'stream', recovered: true, cursor: at(0) }],
    ['the end of a completed channel', token('e:9'), done, { kind: 'finished' }],
    ['before the end of a completed one', token('e:8'), done, { kind: 'stream', recovered: true, cursor: at(8) }],
    ['a trimmed position', token('e:3'), trimmed, { ...lostBefore5, gap: { from: at(3), to: at(4) } }],
    ['beyond the end', token('e:10'), trimmed, { ...lostBefore5, gap: { from: at(10), to: at(4) } }],
    ['another epoch', token('f:6'), trimmed, { ...lostBefore5, gap: { from: { epoch: 'f', offset: 6 }, to: at(4) } }],
    ['what is no position', token('nonsense'), trimmed, lostBefore5],
    ['an empty token', token(''), trimmed, lostBefore5],
    ['security 22: a token over 256 characters', token(`e:${'1'.repeat(255)}`), trimmed, lostBefore5],
    ['security 22: a token with CR LF', token('e:6\r\nx: y'), trimmed, lostBefore5],
  ])('%s', (_, from, extent, plan) => {
    expect(planStart(from, extent)).toEqual(plan)
  })
})
