import { describe, expect, it } from 'vitest'

import { createEnhancedSSEStream } from '../../src/index.ts'
import { openScripted } from '../support/open-scripted.ts'

import type { StreamConfig } from '../../src/index.ts'

/** A stream whose handler is busy with its first event while twenty more come, and then is done with each at once. */
async function overflow(config: StreamConfig, data: (n: number) => unknown = (n) => n) {
  let release = () => {}
  const first = new Promise<void>((resolve) => (release = resolve))
  const opened = openScripted({ maxBufferedEvents: 8, ...config }, { handlers: { onData: () => first } })
  const { server, clock, log } = opened
  await clock.advance(0)
  server.connection(0).connected({ id: 'a:0' })
  const push = async (from: number, to: number) => {
    for (let n = from; n <= to; n++) server.connection(0).push({ id: `a:${n}`, data: data(n) })
    await clock.advance(0)
  }
  await push(1, 1)
  await push(2, 21)
  release()
  await clock.advance(0)
  return { ...opened, push, delivered: () => log.filter((line) => /^(data|gap)/.test(line)) }
}

/** What a list of `data n` and `gap dropped a:x..a:y` accounts for, in its order. */
const accountedFor = (lines: readonly string[]) =>
  lines.flatMap((line) => {
    const [, from, to] = /a:(\d+)\.\.a:(\d+)/.exec(line) ?? []
    if (from === undefined) return [Number(line.slice('data '.length))]
    return Array.from({ length: Number(to) - Number(from) }, (_, n) => Number(from) + n + 1)
  })

const oneTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1)

describe('overflow: drop-oldest', () => {
  it('drops the oldest, and says so once, in their place', async () => {
    const { delivered, server, push } = await overflow({ overflow: 'drop-oldest' })
    expect(delivered()).toEqual([
      'data 1',
      'gap dropped a:1..a:15',
      ...[16, 17, 18, 19, 20, 21].map((n) => `data ${n}`),
    ])
    await push(22, 22)
    expect(delivered().at(-1)).toBe('data 22')
    expect([accountedFor(delivered()), server.requests.length]).toEqual([oneTo(22), 1])
  })

  it('keeps what is no event, and blocks where there is nothing else left to drop', async () => {
    let release = () => {}
    const first = new Promise<void>((resolve) => (release = resolve))
    const { server, clock, log } = openScripted(
      { maxBufferedEvents: 4, overflow: 'drop-oldest' },
      { handlers: { onData: () => first } },
    )
    await clock.advance(0)
    const connection = server.connection(0)
    connection.connected({ id: 'a:0' })
    connection.push({ id: 'a:1', data: 1 })
    await clock.advance(0)
    connection.push({ id: 'a:2', data: 2 })
    connection.comment('kept')
    connection.push({ id: 'a:9', data: 9 })
    for (const n of [10, 11, 12]) connection.push({ id: `a:${n}`, data: n })
    connection.complete()
    await clock.advance(0)
    release()
    await clock.advance(0)
    expect(log.slice(2)).toEqual([
      'data 1',
      'gap dropped a:1..a:2',
      'comment kept',
      'gap lost a:2..a:8',
      'data 9',
      'data 10',
      'data 11',
      'data 12',
      'disconnected completed',
      'complete',
    ])
  })

  it('counts characters, too', async () => {
    const { delivered } = await overflow({ overflow: 'drop-oldest', maxBufferedEvents: 1000, maxBufferedSize: 1000 })
    expect(accountedFor(delivered())).toEqual(oneTo(21))
    expect(delivered().length).toBeLessThan(17)
    expect(delivered().at(-1)).toBe('data 21')
  })

  it('commits what was dropped, so that a cut does not bring it back', async () => {
    const { clock, server, stream } = await overflow({ overflow: 'drop-oldest', jitter: 0 })
    expect(stream.lastEventId).toBe('a:21')
    server.connection(0).drop()
    await clock.advance(1000)
    expect(server.requests.at(-1)?.lastEventId).toBe('a:21')
  })
})

describe('overflow: latest-by-key', () => {
  const keyed = { overflow: 'latest-by-key', keyOf: ({ data }: { data: string }) => Number(data) % 3 } as const

  it('keeps the latest of each key, and says what it dropped, in its place', async () => {
    const { delivered } = await overflow({ ...keyed })
    expect(delivered()[0]).toBe('data 1')
    expect(accountedFor(delivered())).toEqual(oneTo(21))
    // Those of the last round, which nothing has superseded.
    expect(delivered().slice(-3)).toEqual(['data 19', 'data 20', 'data 21'])
    expect(delivered().some((line) => line.startsWith('gap dropped a:1..'))).toBe(true)
  })

  it('drops nothing where nothing is superseded, and holds the server back instead', async () => {
    const { delivered } = await overflow({ ...keyed, keyOf: ({ data }) => data })
    expect(delivered()).toEqual(oneTo(21).map((n) => `data ${n}`))
  })

  it('is refused at creation without keyOf', () => {
    const open = () => createEnhancedSSEStream('http://stream.test/', {}, { overflow: 'latest-by-key' })
    expect(open).toThrow(TypeError)
    expect(open).toThrow('keyOf must be given for latest-by-key')
  })
})

describe('overflow: close-and-resume', () => {
  it('ends the link when the buffer is full, resumes when half of it is free, and loses nothing', async () => {
    const waiting: (() => void)[] = []
    const { server, clock, log, stream } = openScripted(
      { maxBufferedEvents: 4, overflow: 'close-and-resume' },
      { handlers: { onData: () => new Promise<void>((resolve) => waiting.push(resolve)) } },
    )
    const done = async () => {
      waiting.at(-1)?.()
      await clock.advance(0)
    }
    await clock.advance(0)
    server.connection(0).connected({ id: 'a:0' })
    server.connection(0).push({ id: 'a:1', data: 1 })
    await clock.advance(0)
    for (const n of [2, 3, 4, 5, 6, 7]) server.connection(0).push({ id: `a:${n}`, data: n })
    await clock.advance(0)
    expect(log.slice(2)).toEqual(['data 1', 'retrying full'])
    expect([server.openConnections, stream.lastEventId]).toEqual([0, 'a:0'])
    await clock.advance(600_000)
    expect(server.requests).toHaveLength(1)
    await done()
    await done()
    expect(server.requests).toHaveLength(1)
    await done()
    expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'a:5'])
    server.connection(1).connected({ id: 'a:5' })
    for (const n of [6, 7]) server.connection(1).push({ id: `a:${n}`, data: n })
    await clock.advance(0)
    for (let n = 0; n < 4; n++) await done()
    expect(log.slice(4)).toEqual([
      'data 2',
      'data 3',
      'data 4',
      'retrying resumed',
      'connected opened',
      'data 5',
      'data 6',
      'data 7',
    ])
  })
})

describe('overflow: block', () => {
  it('drops nothing, and leaves what is too much unread', async () => {
    const { server, clock, told } = openScripted(
      { maxBufferedEvents: 4, overflow: 'block' },
      { handlers: { onData: () => new Promise(() => {}) } },
    )
    await clock.advance(0)
    for (let n = 1; n <= 20; n++) server.connection(0).push({ id: `${n}`, data: n })
    await clock.advance(60_000)
    expect([told('gap'), told('data'), server.openConnections]).toEqual([[], ['1'], 1])
    expect(server.connection(0).unread).toBeGreaterThan(10)
  })
})
