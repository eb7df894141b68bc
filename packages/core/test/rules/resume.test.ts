import { describe, expect, it } from 'vitest'

import { openScripted, streamUrl } from '../support/open-scripted.ts'
import { recordReports } from '../support/record-reports.ts'

const asked = ({ server }: ReturnType<typeof openScripted>) => server.requests.map(({ lastEventId }) => lastEventId)

describe('resume', () => {
  it('asks for what follows the last event received', async () => {
    const opened = openScripted({ jitter: 0 })
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '1', data: 1 })
    opened.server.connection(0).push({ id: '2', data: 2 })
    opened.server.connection(0).push(3)
    opened.server.connection(0).drop()
    await opened.clock.advance(1000)
    expect(asked(opened)).toEqual([undefined, '2'])
  })

  it('asks by the received ID, though the handler has not come that far', async () => {
    const opened = openScripted({ jitter: 0 }, { handlers: { onData: () => new Promise(() => {}) } })
    await opened.clock.advance(0)
    for (const n of [1, 2, 3]) opened.server.connection(0).push({ id: `${n}`, data: n })
    opened.server.connection(0).drop()
    await opened.clock.advance(1000)
    expect(asked(opened)).toEqual([undefined, '3'])
    expect(opened.stream.lastEventId).toBe('')
    expect(opened.told('data')).toEqual(['1'])
  })

  it('trap 13: does not count an ID whose event was cut before its blank line', async () => {
    const opened = openScripted({ jitter: 0 })
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '1', data: 1 })
    opened.server.connection(0).raw('id: 2\ndata: 2\n')
    opened.server.connection(0).drop()
    await opened.clock.advance(1000)
    expect(asked(opened)).toEqual([undefined, '1'])
    expect(opened.told('data')).toEqual(['1'])
  })

  it('trap 14: asks for the same place again after links that brought nothing', async () => {
    const opened = openScripted({ jitter: 0 })
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '7', data: 7 })
    opened.server.connection(0).drop()
    opened.server.flap(2)
    await opened.clock.advance(60_000)
    expect(asked(opened)).toEqual([undefined, '7', '7', '7'])
  })

  it('begins after lastEventId where that is given', async () => {
    const opened = openScripted({ lastEventId: 'a:41' })
    await opened.clock.advance(0)
    opened.server.connection(0).connected({ id: 'a:41' })
    opened.server.connection(0).push({ id: 'a:42', data: 42 })
    await opened.clock.advance(0)
    expect(asked(opened)).toEqual(['a:41'])
    expect(opened.told('gap')).toEqual([])
    expect(opened.stream.lastEventId).toBe('a:42')
  })

  it('asks for the beginning with from start, until it has a place', async () => {
    const opened = openScripted({ from: 'start', jitter: 0 })
    opened.server.flap(1)
    await opened.clock.advance(1000)
    opened.server.connection(0).push({ id: '1', data: 1 })
    opened.server.connection(0).drop()
    await opened.clock.advance(2000)
    expect(opened.server.requests.map(({ url, lastEventId }) => [url, lastEventId])).toEqual([
      [`${streamUrl}?from=start`, undefined],
      [`${streamUrl}?from=start`, undefined],
      [streamUrl, '1'],
    ])
  })

  it('trap 17: sends the query parameter by the name it was given, replacing the last one', async () => {
    const opened = openScripted(
      { resumeWith: { query: 'last_event_id' }, jitter: 0 },
      { url: () => `${streamUrl}?room=1&last_event_id=stale` },
    )
    await opened.clock.advance(0)
    for (const n of [1, 2]) {
      opened.server.connection(n - 1).push({ id: `${n}`, data: n })
      opened.server.connection(n - 1).drop()
      await opened.clock.advance(1000)
    }
    expect(opened.server.requests.map(({ url }) => url)).toEqual([
      `${streamUrl}?room=1&last_event_id=stale`,
      `${streamUrl}?room=1&last_event_id=1`,
      `${streamUrl}?room=1&last_event_id=2`,
    ])
    expect(asked(opened)).toEqual([undefined, undefined, undefined])
  })

  it('trap 20: never takes a response from a cache', async () => {
    const { clock, inits } = openScripted()
    await clock.advance(0)
    expect(inits.map(({ cache }) => cache)).toEqual(['no-store'])
  })

  it('trap 51: leaves credentials out of the request unless told', async () => {
    const { clock, inits } = openScripted()
    const told = openScripted({ credentials: 'include' })
    await clock.advance(0)
    await told.clock.advance(0)
    expect(inits[0]).not.toHaveProperty('credentials')
    expect(told.inits[0]?.credentials).toBe('include')
  })
})

describe('the committed ID', () => {
  it('moves when the handler has returned', async () => {
    const seen: string[] = []
    const { server, clock, stream } = openScripted({}, { handlers: { onData: () => seen.push(stream.lastEventId) } })
    await clock.advance(0)
    for (const n of [1, 2]) server.connection(0).push({ id: `${n}`, data: n })
    await clock.advance(0)
    expect(seen).toEqual(['', '1'])
    expect(stream.lastEventId).toBe('2')
  })

  it("moves when the handler's promise has settled, however it settles", async () => {
    recordReports()
    const { server, clock, stream } = openScripted(
      {},
      {
        handlers: {
          onData: (n) =>
            new Promise((resolve, reject) =>
              clock.after(100, () => (n === 1 ? resolve(n) : reject(new Error('mine')))),
            ),
        },
      },
    )
    await clock.advance(0)
    for (const n of [1, 2]) server.connection(0).push({ id: `${n}`, data: n })
    const committed: string[] = []
    for (const ms of [99, 1, 99, 1]) {
      await clock.advance(ms)
      committed.push(stream.lastEventId)
    }
    expect(committed).toEqual(['', '1', '1', '2'])
  })

  it('moves with an ID-only block, an invalid event and a gap', async () => {
    const { server, clock, stream } = openScripted()
    await clock.advance(0)
    const connection = server.connection(0)
    const committed: string[] = []
    const take = async () => {
      await clock.advance(0)
      committed.push(stream.lastEventId)
    }
    connection.connected({ id: 'a:1' })
    await take()
    connection.push({ id: 'a:2', data: 'no JSON' })
    await take()
    connection.gap('a:2', 'a:8')
    await take()
    connection.raw('id: opaque\n\n')
    await take()
    connection.raw('id\n\n')
    await take()
    expect(committed).toEqual(['a:1', 'a:2', 'a:8', 'opaque', ''])
  })
})

describe('a handler that closes and starts its stream', () => {
  it('trap 18: does not receive the event again that it is handling', async () => {
    const opened = openScripted(
      {},
      {
        handlers: {
          onData(n) {
            if (n !== 2) return
            opened.stream.close()
            opened.stream.start()
          },
        },
      },
    )
    await opened.clock.advance(0)
    for (const n of [1, 2, 3]) opened.server.connection(0).push({ id: `${n}`, data: n })
    await opened.clock.advance(1000)
    expect(asked(opened)).toEqual([undefined, '2'])
  })

  it('trap 18: goes on after it by reconnect, too', async () => {
    const opened = openScripted({}, { handlers: { onData: (n) => n === 2 && opened.stream.reconnect() } })
    await opened.clock.advance(0)
    for (const n of [1, 2]) opened.server.connection(0).push({ id: `${n}`, data: n })
    await opened.clock.advance(1000)
    expect(asked(opened)).toEqual([undefined, '2'])
  })
})
