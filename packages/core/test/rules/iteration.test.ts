import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

import type { StreamError } from '../../src/index.ts'

type Opened = ReturnType<typeof openScripted>

const iterated = { iterated: true }

/** Consumes the stream to its end, in the background. */
function collect({ stream }: Opened, until: (data: unknown) => boolean = () => false) {
  const got: unknown[] = []
  const end = (async () => {
    for await (const { data } of stream) {
      got.push(data)
      if (until(data)) break
    }
  })().then(
    () => 'done' as const,
    (error: StreamError) => error,
  )
  return { got, end }
}

describe('async iteration', () => {
  it('hands out every event with its type and ID, in order, until completion', async () => {
    const opened = openScripted({}, iterated)
    const events: unknown[] = []
    const end = (async () => {
      for await (const event of opened.stream) events.push(event)
    })()
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '1', data: 1 })
    opened.server.connection(0).push({ id: '2', event: 'price', data: 2 })
    opened.server.connection(0).complete()
    await end
    expect(events).toEqual([
      { data: 1, id: '1', type: 'message' },
      { data: 2, id: '2', type: 'price' },
    ])
    expect(opened.stream.state).toBe('disconnected')
    expect(opened.clock.pending).toBe(0)
  })

  it('keeps what came before the loop began', async () => {
    const opened = openScripted({}, iterated)
    await opened.clock.advance(0)
    for (const n of [1, 2, 3]) opened.server.connection(0).push(n)
    opened.server.connection(0).complete()
    await opened.clock.advance(1000)
    const { got, end } = collect(opened)
    expect(await end).toBe('done')
    expect(got).toEqual([1, 2, 3])
  })

  it('goes on across lost links', async () => {
    const opened = openScripted({}, iterated)
    const { got, end } = collect(opened)
    for (const n of [0, 1, 2]) {
      await opened.clock.advance(2000)
      opened.server.connection(n).push({ id: `${n}`, data: n })
      if (n < 2) opened.server.connection(n).drop()
      else opened.server.connection(n).complete()
    }
    expect(await end).toBe('done')
    expect(got).toEqual([0, 1, 2])
  })

  it('counts an event as handled when the next one is asked for', async () => {
    const { stream, server, clock } = openScripted({}, iterated)
    const iterator = stream[Symbol.asyncIterator]()
    await clock.advance(0)
    for (const n of [1, 2]) server.connection(0).push({ id: `${n}`, data: n })
    await iterator.next()
    await clock.advance(0)
    expect(stream.lastEventId).toBe('')
    await iterator.next()
    await clock.advance(0)
    expect(stream.lastEventId).toBe('1')
  })

  it('goes back to an event that no loop has taken when it is closed and started again', async () => {
    const stored: string[] = []
    const opened = openScripted({ persist: { get: () => 'a:0', set: (id) => stored.push(id) } }, iterated)
    await opened.clock.advance(0)
    opened.server.connection(0).connected({ id: 'a:0' })
    for (const n of [1, 2]) opened.server.connection(0).push({ id: `a:${n}`, data: n })
    await opened.clock.advance(0)
    opened.stream.close()
    opened.stream.start()
    await opened.clock.advance(0)
    expect([opened.stream.lastEventId, stored.at(-1)]).toEqual(['a:0', 'a:0'])
    expect(opened.server.requests.map(({ lastEventId }) => lastEventId)).toEqual(['a:0', 'a:0'])
  })

  it('holds reading back while the loop is busy', async () => {
    const opened = openScripted({ maxBufferedEvents: 2 }, iterated)
    await opened.clock.advance(0)
    for (let n = 0; n < 20; n++) opened.server.connection(0).push(n)
    await opened.clock.advance(60_000)
    expect(opened.server.connection(0).unread).toBeGreaterThan(14)
    opened.server.connection(0).complete()
    const { got, end } = collect(opened)
    expect(await end).toBe('done')
    expect(got).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  it('closes the stream where the loop breaks', async () => {
    const opened = openScripted({}, iterated)
    const { got, end } = collect(opened, (data) => data === 2)
    await opened.clock.advance(0)
    for (const n of [1, 2, 3]) opened.server.connection(0).push({ id: `${n}`, data: n })
    expect(await end).toBe('done')
    await opened.clock.advance(0)
    expect(got).toEqual([1, 2])
    expect(opened.stream.state).toBe('disconnected')
    expect(opened.stream.lastEventId).toBe('2')
    expect(opened.server.openConnections).toBe(0)
    expect(opened.clock.pending).toBe(0)
  })

  it('closes the stream where the loop throws', async () => {
    const opened = openScripted({}, iterated)
    const { end } = collect(opened, () => {
      throw new Error('mine')
    })
    await opened.clock.advance(0)
    opened.server.connection(0).push(1)
    expect(await end).toEqual(new Error('mine'))
    await opened.clock.advance(0)
    expect(opened.server.openConnections).toBe(0)
  })

  it('ends where the stream is closed, without what still waited', async () => {
    const opened = openScripted({}, iterated)
    const iterator = opened.stream[Symbol.asyncIterator]()
    await opened.clock.advance(0)
    for (const n of [1, 2]) opened.server.connection(0).push(n)
    await opened.clock.advance(0)
    opened.stream.close()
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('ends a next() that waits where the stream is closed', async () => {
    const opened = openScripted({}, iterated)
    const next = opened.stream[Symbol.asyncIterator]().next()
    await opened.clock.advance(0)
    opened.stream.close()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it.each([1, 0])('closes the stream where return() is called, with %i next() under way', async (waiting) => {
    const { stream, clock, server } = openScripted({}, iterated)
    const iterator = stream[Symbol.asyncIterator]()
    await clock.advance(0)
    const nexts = Array.from({ length: waiting }, () => iterator.next())
    const done = { done: true, value: undefined }
    expect(await Promise.all([...nexts, iterator.return?.()])).toEqual(Array.from({ length: waiting + 1 }, () => done))
    await clock.advance(0)
    expect([stream.state, server.openConnections, clock.pending]).toEqual(['disconnected', 0, 0])
  })

  it.each([1, 0])('closes the stream where throw() is called, with %i next() under way', async (waiting) => {
    const { stream, clock, server } = openScripted({}, iterated)
    const iterator = stream[Symbol.asyncIterator]()
    await clock.advance(0)
    const nexts = Array.from({ length: waiting }, () => iterator.next())
    await expect(iterator.throw?.('no more')).rejects.toBe('no more')
    expect(await Promise.all(nexts)).toEqual(nexts.map(() => ({ done: true, value: undefined })))
    expect([stream.state, server.openConnections]).toEqual(['disconnected', 0])
  })

  it('throws the failure that ended the stream, after the last event', async () => {
    const opened = openScripted({ maxRetries: 0 }, iterated)
    await opened.clock.advance(0)
    for (const n of [1, 2]) opened.server.connection(0).push(n)
    opened.server.connection(0).close({ reconnect: false })
    await opened.clock.advance(1000)
    const { got, end } = collect(opened)
    expect(await end).toMatchObject({ name: 'StreamError', code: 'SERVER_CLOSE' })
    expect(got).toEqual([1, 2])
  })

  it('throws the last failure where maxRetries is reached', async () => {
    const opened = openScripted({ maxRetries: 1 }, iterated)
    opened.server.respond(503, { times: 5 })
    const { end } = collect(opened)
    await opened.clock.advance(60_000)
    expect(await end).toMatchObject({ code: 'HTTP', status: 503 })
  })

  it('ends with the failure also where the loop begins after close()', async () => {
    const opened = openScripted({}, iterated)
    opened.server.respond(403)
    await opened.clock.advance(0)
    opened.stream.close()
    expect(await collect(opened).end).toMatchObject({ code: 'HTTP' })
    expect(() => opened.stream[Symbol.asyncIterator]()).toThrow('iterated already')
  })

  it('answers several next() at once one after the other', async () => {
    const { stream, server, clock } = openScripted({}, iterated)
    const iterator = stream[Symbol.asyncIterator]()
    const nexts = Promise.all([iterator.next(), iterator.next(), iterator.next()])
    await clock.advance(0)
    for (const n of [1, 2]) server.connection(0).push(n)
    server.connection(0).complete()
    await clock.advance(0)
    const values = (await nexts).map(({ value }) => (value as { data: unknown } | undefined)?.data)
    expect(values).toEqual([1, 2, undefined])
  })

  it('refuses a second consumer', () => {
    const { stream } = openScripted({}, iterated)
    stream[Symbol.asyncIterator]()
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/iterated already/)
  })

  it('is refused where there are handlers for events', () => {
    const { stream } = openScripted()
    expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError)
  })
})
