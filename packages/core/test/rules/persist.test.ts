import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'
import { recordReports } from '../support/record-reports.ts'

const asked = ({ server }: ReturnType<typeof openScripted>) => server.requests.map(({ lastEventId }) => lastEventId)

describe('persist', () => {
  it('is asked where to begin, and told each place that was reached', async () => {
    const stored: string[] = []
    const opened = openScripted({ persist: { get: async () => 'a:5', set: (id) => stored.push(id) } })
    await opened.clock.advance(0)
    opened.server.connection(0).connected({ id: 'a:5' })
    opened.server.connection(0).push({ id: 'a:6', data: 6 })
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: 'a:7', data: 7 })
    await opened.clock.advance(0)
    expect(asked(opened)).toEqual(['a:5'])
    expect(stored.at(-1)).toBe('a:7')
    expect(opened.told('gap')).toEqual([])
  })

  it('is not told of an event before its handler is done with it', async () => {
    const stored: string[] = []
    const { server, clock } = openScripted(
      { persist: { get: () => null, set: (id) => stored.push(id) } },
      { handlers: { onData: () => new Promise((resolve) => clock.after(100, () => resolve(undefined))) } },
    )
    await clock.advance(0)
    for (const n of [1, 2]) server.connection(0).push({ id: `${n}`, data: n })
    await clock.advance(99)
    expect(stored).toEqual([])
    await clock.advance(1)
    expect(stored).toEqual(['1'])
    await clock.advance(100)
    expect(stored).toEqual(['1', '2'])
  })

  it('costs the place and not the stream where it fails', async () => {
    const reports = recordReports()
    const opened = openScripted({
      persist: {
        get: () => Promise.reject(new Error('get')),
        set: () => {
          throw new Error('set')
        },
      },
    })
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '1', data: 1 })
    opened.server.connection(0).push({ id: '2', data: 2 })
    await opened.clock.advance(0)
    expect(asked(opened)).toEqual([undefined])
    expect(opened.told('data')).toEqual(['1', '2'])
    expect(reports.map((report) => (report as Error).message)).toEqual(expect.arrayContaining(['get', 'set']))
  })

  it('is not listened to when its answer comes after the stream has begun without it', async () => {
    recordReports()
    let answer: (id: string) => void = () => {}
    const { clock, server, stream, dials } = openScripted({
      timeout: 5000,
      persist: { get: () => new Promise((resolve) => (answer = resolve)), set: () => {} },
    })
    await clock.advance(5000)
    server.connection(0).connected({ id: 'a:5' })
    server.connection(0).push({ id: 'a:6', data: 6 })
    server.connection(0).complete()
    await clock.advance(0)
    answer('a:2')
    await clock.advance(1000)
    expect([stream.state, stream.lastEventId, dials]).toEqual(['disconnected', 'a:6', [5000]])
  })

  it('does not dial when the stream was closed while it was asked', async () => {
    let answer: (id: string) => void = () => {}
    const { clock, stream, dials } = openScripted({
      persist: { get: () => new Promise((resolve) => (answer = resolve)), set: () => {} },
    })
    await clock.advance(0)
    stream.close()
    answer('a:5')
    await clock.advance(60_000)
    expect(dials).toEqual([])
  })
})
