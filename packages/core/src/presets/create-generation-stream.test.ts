import { expect, expectTypeOf, it, onTestFinished } from 'vitest'

import { createStreamManager } from '../index.ts'
import { createManualClock, createScriptedStream } from '../testing/index.ts'
import { createGenerationStream } from './create-generation-stream.ts'
import { generation } from './generation.ts'

import type { GenerationEvent } from './generation.ts'

function follow() {
  const clock = createManualClock()
  const server = createScriptedStream()
  const manager = createStreamManager({ clock, fetch: server.fetch, baseUrl: 'http://stream.test' })
  const log: unknown[] = []
  let state = generation.initial
  createGenerationStream(
    'stream_1',
    {
      onData(event) {
        expectTypeOf(event).toEqualTypeOf<GenerationEvent>()
        state = generation.reduce(state, event)
        log.push(state.blocks.map(({ text }) => text).join(' | '))
      },
      onError: ({ code, message, willRetry }) => log.push({ code, message, willRetry }),
      onComplete: () => log.push('complete'),
    },
    { manager },
  )
  onTestFinished(() => manager.cleanupAll())
  return { server, clock, log }
}

it('follows a text from its beginning until it is done, whatever link breaks', async () => {
  const { server, clock, log } = follow()
  await clock.advance(0)
  server.connection(0).push({ id: 'e:1', data: { blockId: 'a', delta: 'Once' } })
  server.connection(0).push({ id: 'e:2', data: { blockId: 'a', delta: ' upon' } })
  server.connection(0).drop()
  await clock.advance(10_000)
  // A server that replays too much: the stream drops what it has had.
  server.connection(1).push({ id: 'e:2', data: { blockId: 'a', delta: ' upon' } })
  server.connection(1).push({ id: 'e:3', data: { blockId: 'b', delta: 'Then', done: true } })
  await clock.advance(60_000)
  expect(server.requests.map(({ url }) => url)).toEqual([
    'http://stream.test/api/generation/stream?streamId=stream_1&from=start',
    'http://stream.test/api/generation/stream?streamId=stream_1',
  ])
  expect(log).toEqual([
    'Once',
    'Once upon',
    expect.objectContaining({ code: 'NETWORK', willRetry: true }),
    'Once upon | Then',
    'complete',
  ])
})

it('fails with an error, after showing what came with it', async () => {
  const { server, clock, log } = follow()
  await clock.advance(0)
  server.connection(0).push({ data: { blockId: 'a', delta: 'On', error: 'out of tokens' } })
  await clock.advance(3_600_000)
  expect(log).toEqual(['On', { code: 'SERVER_CLOSE', message: 'out of tokens', willRetry: false }])
  expect(server.requests).toHaveLength(1)
})
