import { describe, expect, onTestFinished, test } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'
import { createManualClock, createScriptedStream } from '../../src/testing/index.ts'
import { cutAtRandom, seeded } from './chunks.ts'
import { emptyOutcome } from './outcome.ts'
import { vectors } from './vectors.ts'

import type { EnhancedStreamConfig, StateChange } from '../../src/index.ts'
import type { MutableOutcome } from './outcome.ts'

// What no HTTP header can carry is not sent: fetch would refuse every retry before it left the machine.
const unsendable = /[\0-\x08\n-\x1f\x7f]/

/** The value of the header, as HTTP has it: without spaces and tabs around it. */
function sent(id: string): string | undefined {
  return id === '' || unsendable.test(id) ? undefined : id.replace(/^[\t ]+|[\t ]+$/g, '')
}

function open(config: EnhancedStreamConfig<string> = {}) {
  const server = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  const seen: MutableOutcome = emptyOutcome()
  const changes: StateChange[] = []
  const invalid: string[] = []
  const stream = createEnhancedSSEStream<string>(
    'http://stream.test/',
    {
      onData: (data, { type, id }) => void seen.events.push({ type, data, id }),
      onComment: (comment) => void seen.comments.push(comment),
      onStateChange: (change) => void changes.push(change),
      onError: () => {},
      onInvalid: ({ code, willRetry }, { id }) => void invalid.push(`${code} ${id} ${willRetry}`),
    },
    { fetch: server.fetch, clock, manager, parse: 'text', jitter: 0, ...config },
  )
  onTestFinished(() => manager.cleanupAll())
  return { server, clock, stream, seen, changes, invalid }
}

describe('a stream of text, cut at the end of the vector and dialled again', () => {
  for (const { name, bytes, expected } of vectors) {
    test(name, async () => {
      const { server, clock, stream, seen, changes } = open()
      await clock.advance(0)
      const connection = server.connection(0)
      for (const chunk of cutAtRandom(bytes, seeded(bytes.length))) connection.raw(chunk)
      connection.drop()
      await clock.advance(0)

      expect(seen.events).toEqual(expected.events)
      expect(seen.comments).toEqual(expected.comments)
      expect(stream.lastEventId).toBe(expected.lastEventId)

      const { retryInMs = 0 } = changes.at(-1) ?? {}
      expect(retryInMs).toBe(Math.min(Math.max(expected.retry ?? 1000, 200), 30_000))
      await clock.advance(retryInMs - 1)
      expect(server.requests).toHaveLength(1)
      await clock.advance(1)
      expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, sent(expected.lastEventId)])
    })
  }
})

test('a block that was cut off is forgotten: nothing of it shows on the next connection', async () => {
  const { server, clock, seen } = open()
  await clock.advance(0)
  server.connection(0).raw('id: 1\ndata: a\n\nevent: x\nid: 2\ndata: b')
  server.connection(0).drop()
  await clock.advance(1000)
  server.connection(1).raw('\n\ndata: c\n\n')
  await clock.advance(0)

  expect(seen.events).toEqual([
    { type: 'message', data: 'a', id: '1' },
    { type: 'message', data: 'c', id: '1' },
  ])
})

test('half a character that was cut off is forgotten', async () => {
  const { server, clock, seen } = open()
  await clock.advance(0)
  server.connection(0).raw(Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xe2, 0x82))
  server.connection(0).drop()
  await clock.advance(1000)
  server.connection(1).raw(Uint8Array.of(0xac, 0x0a))
  server.connection(1).raw('data: a\n\n')
  await clock.advance(0)

  expect(seen.events).toEqual([{ type: 'message', data: 'a', id: '' }])
})

test('a CR at the cut does not swallow the LF that the next connection begins with', async () => {
  const { server, clock, seen } = open()
  await clock.advance(0)
  server.connection(0).raw('data: a\r\r')
  server.connection(0).drop()
  await clock.advance(1000)
  server.connection(1).raw('\ndata: b\n\n')
  await clock.advance(0)

  expect(seen.events.map(({ data }) => data)).toEqual(['a', 'b'])
})

test('each connection may begin with a byte order mark', async () => {
  const { server, clock, seen } = open()
  await clock.advance(0)
  server.connection(0).raw('\uFEFFdata: a\n\n')
  server.connection(0).drop()
  await clock.advance(1000)
  server.connection(1).raw('\uFEFFdata: b\n\n')
  await clock.advance(0)

  expect(seen.events.map(({ data }) => data)).toEqual(['a', 'b'])
})

test('an id stays over connections, and an empty one resets it', async () => {
  const { server, clock, seen } = open()
  await clock.advance(0)
  server.connection(0).raw('id: 1\ndata: a\n\n')
  server.connection(0).drop()
  await clock.advance(1000)
  server.connection(1).raw('data: b\n\n')
  server.connection(1).drop()
  await clock.advance(1000)
  server.connection(2).raw('id\ndata: c\n\n')
  server.connection(2).drop()
  await clock.advance(10_000)

  expect(seen.events.map(({ data, id }) => [data, id])).toEqual([
    ['a', '1'],
    ['b', '1'],
    ['c', ''],
  ])
  expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1', '1', undefined])
})

test('a retry stays over connections until the server sets another', async () => {
  const { server, clock, changes } = open()
  const waits = () => changes.flatMap(({ retryInMs }) => retryInMs ?? [])
  await clock.advance(0)
  server.connection(0).raw('retry: 500\n')
  for (let n = 0; n < 2; n += 1) {
    // Each event with an id is progress, so the waits do not grow.
    server.connection(n).raw(`id: ${n}\ndata: a\n\n`)
    server.connection(n).drop()
    await clock.advance(500)
  }
  server.connection(2).raw('retry: 700\nid: x\ndata: a\n\n')
  server.connection(2).drop()
  await clock.advance(700)

  expect(waits()).toEqual([500, 500, 700])
})

test.each([
  ['before', (long: string) => `id: 2\ndata: ${long}\n\n`],
  ['after', (long: string) => `data: ${long}\nid: 2\n\n`],
])('an event over maxEventSize is told, skipped and committed with an id %s its data', async (_, block) => {
  const { server, clock, stream, seen, invalid, changes } = open({ maxEventSize: 100 })
  await clock.advance(0)
  server.connection(0).raw('id: 1\ndata: a\n\n')
  const bytes = new TextEncoder().encode(block('x'.repeat(100_000)))
  for (const chunk of cutAtRandom(bytes, seeded(1))) server.connection(0).raw(chunk)
  await clock.advance(0)
  expect([invalid, stream.lastEventId]).toEqual([['EVENT_TOO_LARGE 2 true'], '2'])

  server.connection(0).raw('data: b\n\n')
  server.connection(0).drop()
  await clock.advance(1000)
  expect(seen.events.map(({ data, id }) => [data, id])).toEqual([
    ['a', '1'],
    ['b', '2'],
  ])
  expect(server.requests[1]?.lastEventId).toBe('2')
  expect(changes.map(({ state }) => state)).toEqual(['connecting', 'connected', 'retrying', 'connected'])
})
