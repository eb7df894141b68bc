import { describe, expect, test } from 'vitest'
import { mockFetch, origin, setUp } from './mocked.ts'

mockFetch()

describe('a stream', () => {
  test('starts by itself, is cut, goes on and completes, and tells every step in order', async () => {
    const { open, scripted, clock } = setUp({ jitter: 0 })
    const told: unknown[] = []
    const stream = open<{ n: number }>('/life', {
      onOpen: () => told.push('open'),
      onData: ({ n }, { id, type }) => told.push([n, id, type]),
      onComment: (comment) => told.push(`: ${comment}`),
      onError: ({ code, willRetry }) => told.push([code, willRetry]),
      onGap: ({ kind, from, to }) => told.push([kind, from, to]),
      onComplete: () => told.push('complete'),
      onStateChange: ({ previous, state, reason, attempt, retryInMs }) =>
        told.push([previous, state, reason, attempt, retryInMs]),
    })
    expect([stream.state, stream.lastEventId, stream.transport]).toEqual(['disconnected', '', 'sse'])

    await clock.advance(0)
    const first = scripted.connection(0)
    first.connected({ id: 'e:0' })
    first.push({ id: 'e:1', data: { n: 1 } })
    first.comment('alive')
    first.dropMidEvent({ id: 'e:2', data: { n: 2 } })
    await clock.advance(1000)
    const second = scripted.connection(1)
    second.connected()
    second.gap('e:1', 'e:2')
    second.push({ id: 'e:3', event: 'tick', data: { n: 3 } })
    second.complete()
    await clock.advance(0)

    expect(told).toEqual([
      ['disconnected', 'connecting', 'started', 0, undefined],
      ['connecting', 'connected', 'opened', 0, undefined],
      'open',
      [1, 'e:1', 'message'],
      ': alive',
      ['NETWORK', true],
      ['connected', 'retrying', 'lost', 1, 1000],
      ['retrying', 'connected', 'opened', 1, undefined],
      'open',
      ['lost', 'e:1', 'e:2'],
      [3, 'e:3', 'tick'],
      ['connected', 'disconnected', 'completed', 1, undefined],
      'complete',
    ])
    expect(scripted.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'e:1'])
    expect([stream.state, stream.lastEventId]).toEqual(['disconnected', 'e:3'])
    expect([clock.pending, scripted.openConnections]).toEqual([0, 0])
  })

  test('counts what happened', async () => {
    const { open, scripted, clock } = setUp()
    const stream = open('/stats')
    await clock.advance(0)
    scripted.connection(0).push({ id: '1', data: 1 })
    scripted.connection(0).drop()
    await clock.advance(2000)
    scripted.connection(1).push({ id: '1', data: 1 })
    scripted.connection(1).push({ id: '2', data: 2 })
    await clock.advance(500)

    expect(stream.stats).toMatchObject({ attempts: 2, events: 2, duplicatesDropped: 1, gaps: 0, lastByteAgeMs: 500 })
    expect(stream.stats.bytes).toBe(3 * 'id: 1\ndata: 1\n\n'.length)
    expect(stream.stats.uptimeMs).toBeGreaterThanOrEqual(500)
  })

  test('is read by a loop, which a failure ends by throwing', async () => {
    const { open, scripted, clock } = setUp()
    const stream = open<number>('/loop', {}, { maxRetries: 0 })
    const read: unknown[] = []
    const loop = (async () => {
      for await (const { data, id } of stream) read.push([data, id])
    })().catch(({ code }: { code: string }) => read.push(code))
    await clock.advance(0)
    scripted.connection(0).push({ id: 'a', data: 1 })
    scripted.connection(0).push({ id: 'b', data: 2 })
    await clock.advance(0)
    scripted.connection(0).drop()
    await clock.advance(0)
    await loop

    expect(read).toEqual([[1, 'a'], [2, 'b'], 'NETWORK'])
  })

  test('goes on from its last event when it is started again', async () => {
    const { open, scripted, clock } = setUp()
    const data: unknown[] = []
    const stream = open('/again', { onData: (value) => data.push(value) })
    await clock.advance(0)
    scripted.connection(0).push({ id: '1', data: 1 })
    await clock.advance(0)
    stream.close()
    scripted.connection(0).push({ id: '2', data: 2 })
    await clock.advance(1000)
    expect([stream.state, scripted.openConnections, clock.pending]).toEqual(['disconnected', 0, 0])

    stream.start()
    await clock.advance(0)
    scripted.connection(1).push({ id: '2', data: 2 })
    await clock.advance(0)
    expect(data).toEqual([1, 2])
    expect(scripted.requests[1]?.lastEventId).toBe('1')
  })

  test('sends a question once, and completes with the answer', async () => {
    const { open, scripted, clock } = setUp()
    const answer: unknown[] = []
    open(
      '/ask',
      { onData: (word) => answer.push(word), onComplete: () => answer.push('complete') },
      {
        body: '{"q":1}',
        headers: { 'X-Own': 'yes' },
        parse: 'text',
      },
    )
    await clock.advance(0)
    scripted.connection(0).push('one')
    scripted.connection(0).push('word')
    scripted.connection(0).end()
    await clock.advance(60_000)

    expect(answer).toEqual(['one', 'word', 'complete'])
    expect(
      scripted.requests.map(({ url, method, body, headers }) => [url, method, body, headers.get('X-Own')]),
    ).toEqual([[`${origin}/ask`, 'POST', '{"q":1}', 'yes']])
  })

  test('notices a half-open link by its silence, and a server that never answers by the timeout', async () => {
    const { open, scripted, clock } = setUp({ jitter: 0 })
    const codes: string[] = []
    open('/silent', { onData: () => {}, onError: ({ code }) => codes.push(code) }, { timeout: 5000 })
    scripted.ignore()
    await clock.advance(5000)
    expect(codes).toEqual(['TIMEOUT'])
    await clock.advance(1000)
    scripted.connection(0).connected({ heartbeatInterval: 1000 })
    scripted.connection(0).goSilent()
    await clock.advance(1999)
    expect(codes).toEqual(['TIMEOUT'])
    await clock.advance(1)

    expect(codes).toEqual(['TIMEOUT', 'HEARTBEAT'])
    await clock.advance(0)
    expect(scripted.openConnections).toBe(0)
  })

  test('meets a server that accepts and closes at once with growing waits, and names it flapping', async () => {
    const { open, scripted, clock } = setUp({ jitter: 0 })
    const waits: unknown[] = []
    open('/flap', {
      onData: () => {},
      onStateChange: ({ retryInMs, reason }) => retryInMs && waits.push([retryInMs, reason]),
    })
    scripted.flap(3)
    await clock.advance(10_000)

    expect(waits).toEqual([
      [1000, 'lost'],
      [2000, 'lost'],
      [4000, 'flapping'],
    ])
    expect(scripted.openConnections).toBe(1)
  })
})
