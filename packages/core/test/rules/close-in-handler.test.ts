import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

const block = (...numbers: number[]) => numbers.map((n) => `id: ${n}\ndata: ${n}\n\n`).join('')

describe('close() within a handler', () => {
  it('trap 38: stops the rest of the same chunk', async () => {
    const { server, clock, log, stream } = openScripted(
      {},
      { handlers: { onData: (n) => void (n === 2 && stream.close()) } },
    )
    await clock.advance(0)
    server.connection(0).raw(block(1, 2, 3, 4))
    await clock.advance(60_000)
    expect(log).toEqual(['connecting started', 'connected opened', 'data 1', 'data 2', 'disconnected closed'])
    expect(server.openConnections).toBe(0)
  })

  it('leaves nothing in a full buffer that would keep the next start from delivering', async () => {
    const { server, clock, stream, told } = openScripted(
      {
        overflow: 'latest-by-key',
        maxBufferedEvents: 2,
        keyOf: ({ data }) => {
          if (data !== '4') stream.close()
          return data
        },
      },
      { handlers: { onData: (n) => (n === 1 ? new Promise(() => {}) : undefined) } },
    )
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 1 })
    await clock.advance(0)
    server.connection(0).raw(block(2, 3))
    await clock.advance(0)
    stream.start()
    await clock.advance(0)
    server.connection(1).push({ id: '4', data: 4 })
    await clock.advance(0)
    expect(told('data')).toEqual(['1', '4'])
  })

  it('trap 38: stops the named handler of the same event', async () => {
    const got: unknown[] = []
    const { server, clock, stream } = openScripted(
      {},
      { handlers: { onData: () => stream.close(), events: { price: (n) => got.push(n) } } },
    )
    await clock.advance(0)
    server.connection(0).push({ event: 'price', data: 1 })
    await clock.advance(0)
    expect(got).toEqual([])
  })

  it.each(['onGap', 'onInvalid', 'onComment', 'onOpen'] as const)(
    'stops what follows when done in %s',
    async (name) => {
      const { server, clock, log, told, stream } = openScripted({}, { handlers: { [name]: () => stream.close() } })
      await clock.advance(0)
      const connection = server.openConnections > 0 ? server.connection(0) : undefined
      connection?.raw(
        'event: steadystream.connected\nid: a:0\ndata: {}\n\n: hello\n\nid: a:2\ndata: {\n\nid: a:3\ndata: 3\n\n',
      )
      await clock.advance(60_000)
      expect(log.at(-1)).toBe('disconnected closed')
      expect(told('disconnected')).toEqual(['closed'])
      expect(server.openConnections).toBe(0)
      expect(clock.pending).toBe(0)
    },
  )

  it("in a manager's listener stops the handlers that would have been told next", async () => {
    const opened: string[] = []
    const { manager, stream, clock, log } = openScripted({}, { handlers: { onOpen: () => void opened.push('open') } })
    manager.on('state', ({ state }) => void (state !== 'connecting' && stream.close()))
    await clock.advance(60_000)
    expect([log, opened]).toEqual([['connecting started', 'disconnected closed'], []])
  })

  it.each([
    ['gives a value', () => 1],
    ['throws', () => JSON.parse('{') as unknown],
  ])('in a parse that %s leaves the event for the next start()', async (_, outcome) => {
    const opened = openScripted({ parse: () => (opened.stream.close(), outcome()) })
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '1', data: 1 })
    await opened.clock.advance(60_000)
    expect(opened.log).toEqual(['connecting started', 'connected opened', 'disconnected closed'])
    expect(opened.stream.lastEventId).toBe('')
  })

  it('in onError keeps the stream from dialling again', async () => {
    const { server, clock, dials, stream, log } = openScripted({}, { handlers: { onError: () => stream.close() } })
    server.refuse(10)
    await clock.advance(60_000)
    expect(dials).toEqual([0])
    expect(log.at(-1)).toBe('disconnected closed')
    expect(clock.pending).toBe(0)
  })

  it('in onStateChange keeps the stream from dialling again', async () => {
    const { server, clock, dials, stream } = openScripted(
      {},
      { handlers: { onStateChange: ({ state }) => void (state === 'retrying' && stream.close()) } },
    )
    server.refuse(10)
    await clock.advance(60_000)
    expect(dials).toEqual([0])
    expect(clock.pending).toBe(0)
  })
})
