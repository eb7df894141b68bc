import { closeCodes } from '@steadystream/core/protocol'
import { describe, expect, it } from 'vitest'

import { Callers } from './callers.ts'
import { Place, Places } from './places.ts'
import { Session } from './session.ts'
import { sseWire } from './transports/sse.ts'

import type { CloseReason, QueueBudget } from './session-setup.ts'
import type { Sink } from './sink.ts'

const kibibyte = 1024

interface Setup {
  queuedBytes?: number
  budget?: QueueBudget
  extra?: Partial<Sink>
  deadline?: number
}

function noPlace(): Place {
  return new Place(new Places({ connections: 1, connectionsPerUser: 1, connectionsPerIp: 1 }), undefined)
}

/** A session on a sink that a test opens and shuts. `extra` is what only some transports can do. */
function setUp({
  queuedBytes = 1000,
  budget = { used: 0, limit: 10_000 },
  extra = {},
  deadline = Infinity,
}: Setup = {}) {
  const did: string[] = []
  const closed: CloseReason[] = []
  const taken: number[] = []
  const unfinished: boolean[] = []
  let open = true
  const session = new Session({
    id: 'sse_1',
    channel: 'a',
    client: { principal: undefined, address: undefined, place: noPlace(), caller: new Callers().expect() },
    deadline,
    deadlineCode: closeCodes.expired,
    connectedAt: 0,
    wire: sseWire,
    sink: {
      ...extra,
      write(chunk, more) {
        taken.push(chunk.length)
        unfinished.push(more)
        did.push(Buffer.from(chunk).toString())
        return open
      },
      end: (code) => void did.push(code ? `END ${code.code}` : 'END'),
      destroy: () => void did.push('DESTROY'),
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
  return { session, did, taken, unfinished, closed, budget, shut, drain, text: (chunk: string, events = 1) => session.write(Buffer.from(chunk), events) } // prettier-ignore
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
    const { session, taken, unfinished, shut } = setUp({ budget: { used: 0, limit: 1024 * kibibyte } })
    shut()
    session.write(Buffer.alloc(150 * kibibyte))
    expect(taken).toEqual([64 * kibibyte])
    session.drained()
    session.drained()
    session.drained()
    expect(taken).toEqual([64 * kibibyte, 64 * kibibyte, 22 * kibibyte])
    expect(unfinished).toEqual([true, true, false])
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

  it('lets chunks of any size into an empty queue together, and judges later ones by all of them', () => {
    const { session, did, text, shut, drain } = setUp({ queuedBytes: 10 })
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

  it('security 17: says why it breaks off, where the transport can, and forgets what waits', async () => {
    const codes: unknown[] = []
    const extra: Partial<Sink> = { breakOff: ({ code }) => void codes.push(code) }
    const { session, did, closed, budget, text, shut, drain } = setUp({ queuedBytes: 10, extra })
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
    const { session, did, closed, text, shut } = setUp({ queuedBytes: 1, extra: { breakOff: () => {} } })
    shut()
    for (const chunk of ['a', 'b', 'c']) text(chunk)
    session.sweep(0)
    session.sweep(29_999)
    expect(closed).toEqual([])
    session.sweep(30_000)
    expect([did.at(-1), closed]).toEqual(['DESTROY', ['slow consumer']])
  })

  it('cuts off a client that its transport knows to be gone, whatever is written', () => {
    let isAlive = true
    const { session, closed, text } = setUp({ extra: { isAlive: () => isAlive } })
    session.sweep(0)
    expect(closed).toEqual([])
    isAlive = false
    text('a')
    session.sweep(1)
    expect(closed).toEqual(['gone'])
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
      'END 3001',
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
