import { describe, expect, it } from 'vitest'

import { sessionOnSink } from '../test/support/session-on-sink.ts'

import type { Sink } from './sink.ts'

describe('a session whose client is slow', () => {
  it('security 17: cuts off a client whose queue would pass its limit, and counts it out', () => {
    const { session, did, closed, budget, text, shut } = sessionOnSink({ queuedBytes: 10 })
    shut()
    text('a')
    text('12345')
    text('12345')
    expect(session.isOpen).toBe(true)
    text('1')
    expect([did, closed, session.queuedBytes, budget.used]).toEqual([['a', 'DESTROY'], ['slow consumer'], 0, 0])
  })

  it('lets one chunk of any size into an empty queue', () => {
    const { session, text, shut } = sessionOnSink({ queuedBytes: 10 })
    shut()
    text('a')
    text('x'.repeat(100))
    expect([session.isOpen, session.queuedBytes]).toEqual([true, 100])
  })

  it('lets chunks of any size into an empty queue together, and judges later ones by all of them', () => {
    const { session, did, text, shut, drain } = sessionOnSink({ queuedBytes: 10 })
    shut()
    text('a')
    session.writeAll([Buffer.from('123456'), Buffer.from('789012')], 2)
    expect([session.isOpen, session.queuedBytes, session.eventsSent]).toEqual([true, 12, 3])
    drain()
    expect(did).toEqual(['a', '123456', '789012'])
    shut()
    text('b')
    text('c')
    session.writeAll([Buffer.from('12345'), Buffer.from('67890')], 2)
    expect(session.isOpen).toBe(false)
  })

  it('judges what comes behind a chunk over the limit without it, for as long as that waits', () => {
    const { session, did, closed, text, shut, drain } = sessionOnSink({ queuedBytes: 10 })
    shut()
    text('a')
    text('x'.repeat(100))
    text('1234567890')
    expect([session.isOpen, session.queuedBytes]).toEqual([true, 110])
    drain()
    expect(did.map(({ length }) => length)).toEqual([1, 100, 10])
    shut()
    text('b')
    for (const chunk of ['123456', '7890', 'c']) text(chunk)
    expect(closed).toEqual(['slow consumer'])
  })

  it('security 17: says why it breaks off, where the transport can, and forgets what waits', async () => {
    const codes: unknown[] = []
    const extra: Partial<Sink> = { breakOff: ({ code }) => void codes.push(code) }
    const { session, did, closed, budget, text, shut, drain } = sessionOnSink({ queuedBytes: 10, extra })
    shut()
    text('a')
    text('12345')
    const waiting = session.writable()
    text('678901')
    await waiting
    await session.writable()
    expect([codes, session.isOpen, session.queuedBytes, budget.used]).toEqual([[3008], false, 0, 0])
    text('late')
    drain()
    session.finish()
    expect([did, closed]).toEqual([['a'], []])
    session.closed()
    expect(closed).toEqual(['slow consumer'])
  })

  it('security 17: cuts off a client that does not take the reason either', () => {
    const { session, did, closed, text, shut } = sessionOnSink({ queuedBytes: 1, extra: { breakOff: () => {} } })
    shut()
    for (const chunk of ['a', 'b', 'c']) text(chunk)
    session.sweep(0)
    session.sweep(29_999)
    expect(closed).toEqual([])
    session.sweep(30_000)
    expect([did.at(-1), closed]).toEqual(['DESTROY', ['slow consumer']])
  })

  it('security 17: cuts off whoever would pass the budget of the process', () => {
    const budget = { used: 0, limit: 10 }
    const first = sessionOnSink({ budget })
    const second = sessionOnSink({ budget })
    first.shut()
    second.shut()
    for (const { text } of [first, second]) text('a')
    first.text('12345678')
    second.text('123')
    expect([first.closed, second.closed, budget.used]).toEqual([[], ['slow consumer'], 8])
    first.session.destroy()
    expect(budget.used).toBe(0)
  })

  it('security 17: cuts off a client that takes nothing for 30 s while bytes wait', () => {
    const { session, did, closed, text, shut } = sessionOnSink()
    shut()
    text('a')
    text('b')
    session.sweep(0)
    session.sweep(20_000)
    session.drained()
    session.sweep(29_000)
    shut()
    text('c')
    session.sweep(30_000)
    session.sweep(58_999)
    expect(closed).toEqual([])
    session.sweep(59_000)
    expect([did.at(-1), closed]).toEqual(['DESTROY', ['stalled']])
  })

  it('security 17: cuts off a client that never takes the end', () => {
    const { session, closed } = sessionOnSink()
    session.finish()
    session.sweep(0)
    session.sweep(30_000)
    expect(closed).toEqual(['stalled'])
  })
})
