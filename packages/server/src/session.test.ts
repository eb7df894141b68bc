import { describe, expect, it } from 'vitest'

import { sessionOnSink } from '../test/support/session-on-sink.ts'

const kibibyte = 1024

describe('Session', () => {
  it('hands chunks over as they come while the sink takes them', () => {
    const { session, did, text } = sessionOnSink()
    text('a')
    text('b', 3)
    expect([did, session.queuedBytes, session.eventsSent]).toEqual([['a', 'b'], 0, 4])
  })

  it('queues references while the sink is full, and hands them over in order when it drains', () => {
    const { session, did, budget, text, shut, drain } = sessionOnSink()
    shut()
    text('a')
    text('bb')
    text('ccc')
    expect([did, session.queuedBytes, budget.used]).toEqual([['a'], 5, 5])
    drain()
    expect([did, session.queuedBytes, budget.used]).toEqual([['a', 'bb', 'ccc'], 0, 0])
  })

  it('hands a long chunk over in slices, one per drain where the sink is full', () => {
    const { session, taken, unfinished, shut } = sessionOnSink({ budget: { used: 0, limit: 1024 * kibibyte } })
    shut()
    session.write(Buffer.alloc(150 * kibibyte))
    expect(taken).toEqual([64 * kibibyte])
    session.drained()
    session.drained()
    session.drained()
    expect(taken).toEqual([64 * kibibyte, 64 * kibibyte, 22 * kibibyte])
    expect(unfinished).toEqual([true, true, false])
  })

  it('cuts off a client that its transport knows to be gone, whatever is written', () => {
    let isAlive = true
    const { session, closed, text } = sessionOnSink({ extra: { isAlive: () => isAlive } })
    session.sweep(0)
    expect(closed).toEqual([])
    isAlive = false
    text('a')
    session.sweep(1)
    expect(closed).toEqual(['gone'])
  })

  it('ends behind everything that is due, and takes nothing after', () => {
    const { session, did, closed, text, shut, drain } = sessionOnSink()
    shut()
    text('a')
    text('b')
    session.finish(Buffer.from('last'))
    text('late')
    session.finish(Buffer.from('again'))
    expect(did).toEqual(['a'])
    drain()
    expect(did).toEqual(['a', 'b', 'last', 'END'])
    session.closed()
    session.closed()
    expect(closed).toEqual(['ended'])
  })

  it('tells the client why it ends', () => {
    const { session, did } = sessionOnSink()
    session.end({ code: 3001, reason: 'shutdown', reconnect: true, retryMs: 7 })
    expect(did).toEqual([
      'event: steadystream.close\ndata: {"code":3001,"reason":"shutdown","reconnect":true,"retryMs":7}\n\n',
      'END 3001',
    ])
  })

  it('settles a wait for room when the sink drains or the connection goes', async () => {
    const { session, text, shut, drain } = sessionOnSink()
    await session.writable()
    const settled: string[] = []
    shut()
    text('a')
    const drained = session.writable().then(() => settled.push('drained'))
    expect(settled).toEqual([])
    drain()
    await drained
    shut()
    text('b')
    const gone = session.writable().then(() => settled.push('gone'))
    session.closed()
    await gone
    expect(settled).toEqual(['drained', 'gone'])
  })

  it('sends a keep-alive where nothing was written meanwhile, and only there', () => {
    const { session, did, text } = sessionOnSink()
    session.sweep(0)
    session.sweep(14_000)
    text('a')
    session.sweep(15_000)
    session.sweep(29_000)
    expect(did).toEqual(['a'])
    session.sweep(30_000)
    session.sweep(44_000)
    session.sweep(45_000)
    expect(did).toEqual(['a', ': keep-alive\n\n', ': keep-alive\n\n'])
  })
})
