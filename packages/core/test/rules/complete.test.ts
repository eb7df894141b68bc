import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'
import { recordReports } from '../support/record-reports.ts'

const completed = ['disconnected completed', 'complete']

describe('completion', () => {
  it('trap 33: follows a 204, which ends the stream and tells the application', async () => {
    const { server, clock, log, dials } = openScripted()
    server.respond(204)
    await clock.advance(3_600_000)
    expect(log).toEqual(['connecting started', ...completed])
    expect(dials).toEqual([0])
    expect(clock.pending).toBe(0)
  })

  it('follows a 204 on a later attempt', async () => {
    const { server, clock, log, stream } = openScripted()
    server.flap(1)
    server.respond(204)
    await clock.advance(60_000)
    expect(log.slice(-2)).toEqual(completed)
    expect(stream.state).toBe('disconnected')
  })

  it('follows steadystream.complete, after the last event was handled', async () => {
    const { server, clock, log, stream } = openScripted(
      {},
      { handlers: { onData: () => new Promise((resolve) => clock.after(1000, () => resolve(undefined))) } },
    )
    await clock.advance(0)
    const connection = server.connection(0)
    connection.connected({ id: 'a:0' })
    connection.push({ id: 'a:1', data: 1 })
    connection.push({ id: 'a:2', data: 2 })
    connection.complete()
    await clock.advance(60_000)
    expect(log).toEqual([
      'connecting started',
      'connected opened',
      'data 1',
      'disconnected completed',
      'data 2',
      'complete',
    ])
    expect(stream.lastEventId).toBe('a:2')
    expect(server.requests).toHaveLength(1)
  })

  it('follows the event that isComplete recognises, which is delivered', async () => {
    const { server, clock, log } = openScripted({
      isComplete: ({ type, data }) => type === 'done' && data.includes('42'),
    })
    await clock.advance(0)
    server.connection(0).push({ event: 'done', data: 41 })
    server.connection(0).push({ event: 'done', data: 42 })
    server.connection(0).push({ event: 'done', data: 43 })
    await clock.advance(60_000)
    expect(log).toEqual([
      'connecting started',
      'connected opened',
      'data 41',
      'data 42',
      'disconnected completed',
      'complete',
    ])
    expect(server.openConnections).toBe(0)
    expect(server.requests).toHaveLength(1)
  })

  it('takes [DONE] for the end, and nobody for data', async () => {
    const { server, clock, log } = openScripted({ isComplete: ({ data }) => data === '[DONE]' })
    await clock.advance(0)
    server.connection(0).push({ data: { text: 'hello' } })
    server.connection(0).push({ data: '[DONE]' })
    await clock.advance(60_000)
    expect(log).toEqual([
      'connecting started',
      'connected opened',
      'data {"text":"hello"}',
      'disconnected completed',
      'complete',
    ])
  })

  it('is not brought about by a clean end of a GET, unless reconnectOnClose is false', async () => {
    const again = openScripted()
    again.server.flap(1)
    await again.clock.advance(10_000)
    expect(again.log.slice(2)).toEqual(['error ENDED retried', 'retrying lost', 'connected opened'])

    const once = openScripted({ reconnectOnClose: false })
    await once.clock.advance(0)
    once.server.connection(0).push(1)
    once.server.connection(0).end()
    await once.clock.advance(60_000)
    expect(once.log).toEqual(['connecting started', 'connected opened', 'data 1', 'disconnected completed', 'complete'])
  })

  it('is not brought about by a cut, even with reconnectOnClose false', async () => {
    const { server, clock, log } = openScripted({ reconnectOnClose: false })
    await clock.advance(0)
    server.connection(0).drop()
    await clock.advance(10_000)
    expect(log.slice(2)).toEqual(['error NETWORK retried', 'retrying lost', 'connected opened'])
  })

  it('is not upset by an isComplete that throws', async () => {
    const { server, clock, told } = openScripted({
      isComplete: () => {
        throw new Error('mine')
      },
    })
    const reports = recordReports()
    await clock.advance(0)
    server.connection(0).push(1)
    await clock.advance(0)
    expect(told('data')).toEqual(['1'])
    expect(reports).toEqual([new Error('mine')])
  })
})
