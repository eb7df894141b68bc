import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

const asked = ({ server }: ReturnType<typeof openScripted>) => server.requests.map(({ lastEventId }) => lastEventId)

describe('start', () => {
  it('happens by itself in a microtask after creation', async () => {
    const { stream, dials, clock } = openScripted()
    expect([stream.state, dials]).toEqual(['disconnected', []])
    await Promise.resolve()
    expect(stream.state).toBe('connecting')
    await clock.advance(0)
    expect(dials).toEqual([0])
  })

  it('waits to be called with autoStart false', async () => {
    const { stream, dials, clock, log } = openScripted({ autoStart: false })
    await clock.advance(60_000)
    expect([stream.state, dials, log]).toEqual(['disconnected', [], []])
    stream.start()
    expect(stream.state).toBe('connecting')
    await clock.advance(0)
    expect(dials).toEqual([60_000])
  })

  it('makes one connection, however often it is called', async () => {
    const { stream, dials, clock, server } = openScripted()
    stream.start()
    stream.start()
    await clock.advance(0)
    stream.start()
    await clock.advance(1000)
    expect(dials).toEqual([0])
    expect(server.openConnections).toBe(1)
  })

  it('does not cut a wait short', async () => {
    const { stream, dials, clock, server } = openScripted({ jitter: 0 })
    server.refuse(1)
    await clock.advance(500)
    stream.start()
    await clock.advance(499)
    expect(dials).toEqual([0])
    await clock.advance(1)
    expect(dials).toEqual([0, 1000])
  })

  it('after close() goes on behind the last event handled', async () => {
    const opened = openScripted()
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '1', data: 1 })
    await opened.clock.advance(0)
    opened.stream.close()
    await opened.clock.advance(60_000)
    opened.stream.start()
    await opened.clock.advance(0)
    expect(asked(opened)).toEqual([undefined, '1'])
    opened.server.connection(1).push({ id: '2', data: 2 })
    await opened.clock.advance(0)
    expect(opened.log).toEqual([
      'connecting started',
      'connected opened',
      'data 1',
      'disconnected closed',
      'connecting started',
      'connected opened',
      'data 2',
    ])
  })

  it('after close() receives again what had come and had not reached the handler', async () => {
    const opened = openScripted({}, { handlers: { onData: () => new Promise(() => {}) } })
    await opened.clock.advance(0)
    opened.server.connection(0).connected({ id: 'a:0' })
    for (const n of [1, 2]) opened.server.connection(0).push({ id: `a:${n}`, data: n })
    await opened.clock.advance(0)
    opened.stream.close()
    opened.stream.start()
    await opened.clock.advance(0)
    opened.server.connection(1).connected({ id: 'a:1' })
    opened.server.connection(1).push({ id: 'a:2', data: 2 })
    await opened.clock.advance(0)
    expect(asked(opened)).toEqual([undefined, 'a:1'])
    expect(opened.told('data')).toEqual(['1', '2'])
  })

  it('after close() keeps the place it was given, where nothing came', async () => {
    const opened = openScripted({ lastEventId: 'a:41' })
    await opened.clock.advance(0)
    opened.stream.close()
    opened.stream.start()
    await opened.clock.advance(0)
    expect(asked(opened)).toEqual(['a:41', 'a:41'])
  })

  it('trap 29: after giving up begins anew, with the first delay and all its retries', async () => {
    const { stream, server, dials, clock } = openScripted({ maxRetries: 2, jitter: 0 })
    server.refuse(6)
    await clock.advance(60_000)
    expect([stream.state, dials]).toEqual(['error', [0, 1000, 3000]])
    stream.start()
    expect(stream.state).toBe('connecting')
    await clock.advance(60_000)
    expect([stream.state, dials.slice(3)]).toEqual(['error', [60_000, 61_000, 63_000]])
    stream.start()
    await clock.advance(0)
    expect(stream.state).toBe('connected')
  })

  it('after a fatal error resumes from the place it had', async () => {
    const opened = openScripted({ jitter: 0 })
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '1', data: 1 })
    opened.server.connection(0).drop()
    opened.server.respond(403)
    await opened.clock.advance(1000)
    expect(opened.stream.state).toBe('error')
    opened.stream.start()
    await opened.clock.advance(0)
    expect(asked(opened)).toEqual([undefined, '1', '1'])
    opened.server.connection(1).push({ id: '2', data: 2 })
    await opened.clock.advance(0)
    expect(opened.told('data')).toEqual(['1', '2'])
  })

  it('after completion asks again', async () => {
    const { stream, server, dials, clock, log } = openScripted()
    server.respond(204)
    await clock.advance(1000)
    stream.start()
    await clock.advance(0)
    expect(dials).toEqual([0, 1000])
    expect(log.slice(-2)).toEqual(['connecting started', 'connected opened'])
  })

  it('within onComplete begins another turn', async () => {
    const { server, dials, clock, stream } = openScripted({}, { handlers: { onComplete: () => stream.start() } })
    server.respond(204)
    await clock.advance(1000)
    expect(dials).toHaveLength(2)
    expect(stream.state).toBe('connected')
  })

  it('within onStateChange of the final error begins another turn', async () => {
    let begun = 0
    const { server, dials, clock, stream } = openScripted(
      { maxRetries: 0 },
      { handlers: { onStateChange: ({ state }) => void (state === 'error' && begun++ === 0 && stream.start()) } },
    )
    server.refuse(1)
    await clock.advance(1000)
    expect(dials).toHaveLength(2)
    expect(stream.state).toBe('connected')
  })
})

describe('close', () => {
  it('before the start means that nothing is ever dialled', async () => {
    const { stream, dials, clock, log } = openScripted()
    stream.close()
    await clock.advance(60_000)
    expect([dials, log]).toEqual([[], []])
  })

  it('is told once, however often it is called', async () => {
    const { stream, clock, log } = openScripted()
    await clock.advance(0)
    stream.close()
    stream.close()
    await clock.advance(0)
    expect(log).toEqual(['connecting started', 'connected opened', 'disconnected closed'])
  })

  it('trap 21: leaves no timer that could fire later', async () => {
    const { stream, server, dials, clock } = openScripted()
    server.refuse(5)
    await clock.advance(100)
    // The retry, and the look-out for sleep.
    expect(clock.pending).toBe(2)
    stream.close()
    expect(clock.pending).toBe(0)
    await clock.advance(600_000)
    expect(dials).toEqual([0])
  })

  it('drops what waits for the handler', async () => {
    let release: () => void = () => {}
    const { stream, server, clock, told } = openScripted(
      {},
      { handlers: { onData: () => new Promise<void>((resolve) => (release = resolve)) } },
    )
    await clock.advance(0)
    for (const n of [1, 2, 3]) server.connection(0).push(n)
    await clock.advance(0)
    stream.close()
    release()
    await clock.advance(1000)
    expect(told('data')).toEqual(['1'])
  })
})
