import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

describe('steadystream.close', () => {
  it('is a lost link whose retryMs is a floor of the next wait, with the jitter on top', async () => {
    const { server, clock, dials, log, errors } = openScripted()
    await clock.advance(0)
    server.connection(0).close({ code: 3001, reason: 'shutdown', retryMs: 7000 })
    await clock.advance(60_000)
    expect(dials).toEqual([0, 7500])
    expect(log).toEqual([
      'connecting started',
      'connected opened',
      'error SERVER_CLOSE retried',
      'retrying lost',
      'connected opened',
    ])
    expect(errors[0]?.message).toMatch(/shutdown.*3001/)
  })

  it('binds one wait only', async () => {
    const { server, clock, dials } = openScripted({ jitter: 0 })
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 1 })
    server.connection(0).close({ retryMs: 7000 })
    await clock.advance(7000)
    server.connection(1).push({ id: '2', data: 2 })
    server.connection(1).end()
    await clock.advance(60_000)
    expect(dials).toEqual([0, 7000, 8000])
  })

  it('is final with reconnect false', async () => {
    const { server, clock, dials, log, stream } = openScripted()
    await clock.advance(0)
    server.connection(0).push(1)
    server.connection(0).close({ code: 3500, reason: 'disconnected', reconnect: false })
    await clock.advance(3_600_000)
    expect(dials).toEqual([0])
    expect(log).toEqual(['connecting started', 'connected opened', 'data 1', 'error SERVER_CLOSE final', 'error fatal'])
    expect(stream.state).toBe('error')
    expect(server.openConnections).toBe(0)
  })

  it.each([
    ['nothing', 'null'],
    ['no JSON', '}'],
    ['a negative wait', '{"retryMs":-1}'],
    ['no number', '{"retryMs":"1000000"}'],
  ])('is an ordinary lost link where it says %s', async (_, data) => {
    const { server, clock, dials } = openScripted({ jitter: 0 })
    await clock.advance(0)
    server.connection(0).raw(`event: steadystream.close\ndata: ${data}\n\n`)
    await clock.advance(60_000)
    expect(dials).toEqual([0, 1000])
  })

  it('ends the link there: what the server still sends is not delivered', async () => {
    const { server, clock, told } = openScripted()
    await clock.advance(0)
    server.connection(0).raw('event: steadystream.close\ndata: {}\n\ndata: 1\n\n')
    await clock.advance(1000)
    expect(told('data')).toEqual([])
    expect(server.openConnections).toBe(0)
  })
})
