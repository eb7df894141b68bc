import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'
import { recordReports } from '../support/record-reports.ts'

const block = (...numbers: number[]) => numbers.map((n) => `id: ${n}\ndata: ${n}\n\n`).join('')

describe('delivery', () => {
  it('hands events to an asynchronous handler one at a time, in order', async () => {
    const log: string[] = []
    const { server, clock } = openScripted(
      {},
      {
        handlers: {
          async onData(n) {
            log.push(`begin ${String(n)}`)
            // The first takes longest: whoever runs them side by side ends them in another order.
            await new Promise<void>((resolve) => clock.after(1000 / Number(n), resolve))
            log.push(`end ${String(n)}`)
          },
        },
      },
    )
    await clock.advance(0)
    server.connection(0).raw(block(1, 2, 4))
    await clock.advance(10_000)
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 4', 'end 4'])
  })

  it('runs the named handler after onData, and waits for both', async () => {
    const log: string[] = []
    const slow = (name: string) => (n: unknown) =>
      new Promise<void>((resolve) =>
        clock.after(100, () => {
          log.push(`${name} ${String(n)}`)
          resolve()
        }),
      )
    const { server, clock } = openScripted({}, { handlers: { onData: slow('all'), events: { price: slow('price') } } })
    await clock.advance(0)
    server.connection(0).raw('event: price\ndata: 1\n\ndata: 2\n\nevent: price\ndata: 3\n\n')
    await clock.advance(10_000)
    expect(log).toEqual(['all 1', 'price 1', 'all 2', 'all 3', 'price 3'])
  })

  it('keeps the order of events, invalid ones and gaps', async () => {
    const { server, clock, log } = openScripted()
    await clock.advance(0)
    const connection = server.connection(0)
    connection.connected({ id: 'a:0' })
    connection.push({ id: 'a:1', data: 1 })
    connection.push({ id: 'a:2', data: '{' })
    connection.push({ id: 'a:5', data: 5 })
    connection.complete()
    await clock.advance(0)
    expect(log.filter((line) => !/connect/.test(line))).toEqual([
      'data 1',
      'invalid PARSE a:2',
      'gap lost a:2..a:4',
      'data 5',
      'complete',
    ])
  })

  it('stops reading at maxBufferedEvents, and goes on when half of them are handled', async () => {
    const releases: (() => void)[] = []
    const { server, clock, told } = openScripted(
      { maxBufferedEvents: 4 },
      { handlers: { onData: () => new Promise<void>((resolve) => releases.push(resolve)) } },
    )
    await clock.advance(0)
    for (let n = 1; n <= 20; n++) server.connection(0).raw(block(n))
    await clock.advance(60_000)
    const held = server.connection(0).unread
    expect(held).toBeGreaterThanOrEqual(14)
    expect(held).toBeLessThan(20)
    for (let n = 1; n <= 20; n++) {
      releases.shift()?.()
      await clock.advance(0)
    }
    expect(told('data')).toEqual(Array.from({ length: 20 }, (_, n) => `${n + 1}`))
  })

  it('stops reading at maxBufferedSize', async () => {
    const { server, clock } = openScripted(
      { maxBufferedSize: 1000, parse: 'text' },
      { handlers: { onData: () => new Promise(() => {}) } },
    )
    await clock.advance(0)
    for (let n = 0; n < 20; n++) server.connection(0).push('x'.repeat(400))
    await clock.advance(60_000)
    expect(server.connection(0).unread).toBeGreaterThan(14)
  })

  it('trap 37: never runs a handler within the transport: one that blocks or throws is no network failure', async () => {
    const reports = recordReports()
    const { server, clock, told, stream } = openScripted(
      {},
      {
        handlers: {
          onData(n) {
            if (n === 2) throw new Error('mine')
            if (n === 3) return Promise.reject(new Error('mine too'))
            return undefined
          },
        },
      },
    )
    await clock.advance(0)
    server.connection(0).raw(block(1, 2, 3, 4))
    await clock.advance(60_000 / 2)
    expect(told('data')).toEqual(['1', '2', '3', '4'])
    expect(told('error')).toEqual([])
    expect(server.requests).toHaveLength(1)
    expect(reports).toEqual([new Error('mine'), new Error('mine too')])
    expect(stream.lastEventId).toBe('4')
  })

  it.each(['onStateChange', 'onOpen', 'onError', 'onGap', 'onComment', 'onInvalid', 'onComplete'] as const)(
    'trap 37: goes on where %s throws',
    async (name) => {
      const reports = recordReports()
      const fail = () => {
        throw new Error(name)
      }
      const { server, clock, told } = openScripted({ jitter: 0 }, { handlers: { [name]: fail } })
      server.refuse(1)
      await clock.advance(1000)
      const connection = server.connection(0)
      connection.connected({ id: 'a:0' })
      connection.comment('hello')
      connection.push({ id: 'a:2', data: '{' })
      connection.push({ id: 'a:3', data: 3 })
      connection.complete()
      await clock.advance(0)
      expect(told('data')).toEqual(['3'])
      expect(reports.length).toBeGreaterThan(0)
      expect(reports.map((report) => (report as Error).message)).toEqual(reports.map(() => name))
    },
  )

  it('calls the named handler although onData threw', async () => {
    recordReports()
    const got: unknown[] = []
    const { server, clock } = openScripted(
      {},
      {
        handlers: {
          onData() {
            throw new Error('mine')
          },
          events: { price: (n) => got.push(n) },
        },
      },
    )
    await clock.advance(0)
    server.connection(0).push({ event: 'price', data: 1 })
    await clock.advance(0)
    expect(got).toEqual([1])
  })
})

describe('the map of named handlers', () => {
  it('picks by the SSE name, else by the type in the data', async () => {
    const got: string[] = []
    const note = (name: string) => (data: unknown) => void got.push(`${name} ${JSON.stringify(data)}`)
    const { server, clock } = openScripted(
      {},
      { handlers: { events: { price: note('price'), trade: note('trade'), message: undefined } } },
    )
    await clock.advance(0)
    server.connection(0).push({ event: 'price', data: { type: 'trade' } })
    server.connection(0).push({ data: { type: 'trade', n: 1 } })
    server.connection(0).push({ event: 'other', data: { type: 'price' } })
    server.connection(0).push({ event: 'other', data: 'null' })
    server.connection(0).push({ event: 'toString', data: { type: 'constructor' } })
    await clock.advance(0)
    expect(got).toEqual(['price {"type":"trade"}', 'trade {"type":"trade","n":1}', 'price {"type":"price"}'])
  })

  it('goes without onData, too', async () => {
    const got: unknown[] = []
    const { server, clock } = openScripted(
      {},
      { iterated: true, handlers: { events: { price: (data, { id, type }) => got.push([data, id, type]) } } },
    )
    await clock.advance(0)
    server.connection(0).push({ id: '1', event: 'price', data: 1 })
    server.connection(0).push(2)
    await clock.advance(0)
    expect(got).toEqual([[1, '1', 'price']])
  })
})

describe('onOpen and onComment', () => {
  it('tell of each link and each comment', async () => {
    const opens: number[] = []
    const { server, clock, told } = openScripted(
      { jitter: 0 },
      { handlers: { onOpen: () => void opens.push(clock.now()) } },
    )
    server.flap(1)
    await clock.advance(1000)
    server.connection(0).raw(':a\n: b\n\n:\n\n')
    await clock.advance(0)
    expect(opens).toEqual([0, 1000])
    expect(told('comment')).toEqual(['a', 'b', ''])
  })
})
