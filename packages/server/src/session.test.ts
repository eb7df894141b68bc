import { describe, expect, it } from 'vitest'

import { Session } from './session.ts'
import { sseWire } from './transports/sse.ts'

import type { CloseReason } from './session.ts'

const kibibyte = 1024

/** A session on a sink that a test opens and shuts. */
function setUp({ queuedBytes = 1000, budget = { used: 0, limit: 10_000 } } = {}) {
  const did: string[] = []
  const closed: CloseReason[] = []
  const taken: number[] = []
  let open = true
  const session = new Session({
    id: 'sse_1',
    channel: 'a',
    connectedAt: 0,
    wire: sseWire,
    sink: {
      write(chunk) {
        taken.push(chunk.length)
        did.push(Buffer.from(chunk).toString())
        return open
      },
      end: () => did.push('END'),
      destroy: () => did.push('DESTROY'),
    },
    limits: { queuedBytes, stallMs: 30_000, heartbeatMs: 15_000 },
    budget,
    onClosed: (_, why) => closed.push(why),
  })
  function shut(): void {
    open = false
  }
  function drain(): void {
    open = true
    session.drained()
  }
  return { session, did, taken, closed, budget, shut, drain, text: (chunk: string, events = 1) => session.write(Buffer.from(chunk), events) } // prettier-ignore
}

describe('Session', () => {
  it('hands chunks over as they come while the sink takes them', () => {
    const { session, did, text } = setUp()
    text('a')
    text('b', 3)
    expect([did, session.queuedBytes, session.eventsSent]).toEqual([['a', 'b'], 0, 4])
  })

  it('queues references while the sink is full, and hands them over in order when it drains', () => {
    const { session, did, budget, text, shut, drain } = setUp()
    shut()
    text('a')
    text('bb')
    text('ccc')
    expect([did, session.queuedBytes, budget.used]).toEqual([['a'], 5, 5])
    drain()
    expect([did, session.queuedBytes, budget.used]).toEqual([['a', 'bb', 'ccc'], 0, 0])
  })

  it('hands a long chunk over in slices, one per drain where the sink is full', () => {
    const { session, taken, shut } = setUp({ budget: { used: 0, limit: 1024 * kibibyte } })
    shut()
    session.write(Buffer.alloc(150 * kibibyte))
    expect(taken).toEqual([64 * kibibyte])
    session.drained()
    session.drained()
    session.drained()
    expect(taken).toEqual([64 * kibibyte, 64 * kibibyte, 22 * kibibyte])
  })

  it('security 17: cuts off a client whose queue would pass its limit, and counts it out', () => {
    const { session, did, closed, budget, text, shut } = setUp({ queuedBytes: 10 })
    shut()
    text('a')
    text('12345')
    text('12345')
    expect(session.isOpen).toBe(true)
    text('1')
    expect([did, closed, session.queuedBytes, budget.used]).toEqual([['a', 'DESTROY'], ['slow consumer'], 0, 0])
  })

  it('lets one chunk of any size into an empty queue', () => {
    const { session, text, shut } = setUp({ queuedBytes: 10 })
    shut()
    text('a')
    text('x'.repeat(100))
    expect([session.isOpen, session.queuedBytes]).toEqual([true, 100])
  })

  it('security 17: cuts off whoever would pass the budget of the process', () => {
    const budget = { used: 0, limit: 10 }
    const first = setUp({ budget })
    const second = setUp({ budget })
    first.shut()
    second.shut()
    for (const { text } of [first, second]) text('a')
    first.text('12345678')
    second.text('123')
    expect([first.closed, second.closed, budget.used]).toEqual([[], ['slow consumer'], 8])
    first.session.destroy()
    expect(budget.used).toBe(0)
  })

  it('ends behind everything that is due, and takes nothing after', () => {
    const { session, did, closed, text, shut, drain } = setUp()
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
    const { session, did } = setUp()
    session.end({ code: 3001, reason: 'shutdown', reconnect: true, retryMs: 7 })
    expect(did).toEqual([
      'event: steadystream.close\ndata: {"code":3001,"reason":"shutdown","reconnect":true,"retryMs":7}\n\n',
      'END',
    ])
  })

  it('settles a wait for room when the sink drains or the connection goes', async () => {
    const { session, text, shut, drain } = setUp()
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
    const { session, did, text } = setUp()
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

  it('security 17: cuts off a client that takes nothing for 30 s while bytes wait', () => {
    const { session, did, closed, text, shut } = setUp()
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
    const { session, closed } = setUp()
    session.finish()
    session.sweep(0)
    session.sweep(30_000)
    expect(closed).toEqual(['stalled'])
  })
})
