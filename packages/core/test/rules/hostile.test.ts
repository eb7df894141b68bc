import { createStream, createStreamManager, sse } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { expect, it, vi } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

const url = 'https://stream.test/events'

it('delivers an event whose type is no string, and goes on', async () => {
  const { server, clock, told } = openScripted()
  await clock.advance(0)
  server.connection(0).push({ data: { type: { toString: 0 } } })
  server.connection(0).push({ data: 2 })
  await clock.advance(0)
  expect(told('data')).toEqual(['{"type":{"toString":0}}', '2'])
})

it('takes a gap without an end for one of unknown size, and keeps its place', async () => {
  const gaps: unknown[] = []
  const { server, clock, stream } = openScripted({}, { handlers: { onData: () => {}, onGap: (gap) => gaps.push(gap) } })
  await clock.advance(0)
  server.connection(0).connected({ id: 'a:4' })
  server.connection(0).raw('event: steadystream.gap\ndata: {}\n\n')
  await clock.advance(0)
  expect([gaps, stream.lastEventId]).toEqual([[{ kind: 'unknown' }], 'a:4'])
})

it('lets no undefined default of a manager hide its own', async () => {
  const server = createScriptedStream()
  const clock = createManualClock()
  server.refuse(100)
  const manager = createStreamManager({ retryDelay: undefined, maxRetries: undefined, clock: undefined })
  const stream = createStream({ manager, clock, onData: () => {}, transports: [sse(url, { fetch: server.fetch })] })
  await clock.advance(60_000)
  expect(server.requests.length).toBeLessThanOrEqual(8)
  stream.close()
})

it('shares no connection between streams whose fetch differs', async () => {
  const clock = createManualClock()
  const manager = createStreamManager({ clock })
  const servers = [createScriptedStream(), createScriptedStream()]
  for (const { fetch } of servers) createStream({ manager, onData: () => {}, transports: [sse(url, { fetch })] })
  await clock.advance(0)
  expect(servers.map(({ requests }) => requests.length)).toEqual([1, 1])
  manager.cleanupAll()
})

it('asks a default headers function once for each attempt', async () => {
  const clock = createManualClock()
  const { fetch, requests } = createScriptedStream()
  const headers = vi.fn(() => ({ authorization: 'Bearer 1' }))
  const manager = createStreamManager({ clock, headers })
  createStream({ manager, onData: () => {}, transports: [sse(url, { fetch })] })
  await clock.advance(0)
  expect([headers.mock.calls.length, requests.length]).toEqual([1, 1])
  manager.cleanupAll()
})

it('refuses a request option that createStream would not pass on', () => {
  const options = { transports: [sse(url)], headers: { a: 'b' } } as unknown as Parameters<typeof createStream>[0]
  expect(() => createStream(options)).toThrow('headers belongs to the transport: sse(url, { headers })')
})

it('calls nothing but onStateChange for a stream that its own handler closes', async () => {
  const onOpen = vi.fn()
  const { clock, stream } = openScripted(
    {},
    { handlers: { onOpen, onStateChange: ({ state }) => void (state === 'connected' && stream.close()) } },
  )
  await clock.advance(1000)
  expect([onOpen.mock.calls.length, stream.state]).toEqual([0, 'disconnected'])
})

it('starts without its place where the store never answers', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const { server, clock } = openScripted({ persist: { get: () => new Promise(() => {}), set: () => {} } })
  await clock.advance(29_999)
  expect(server.requests).toHaveLength(0)
  await clock.advance(1)
  expect(server.requests).toHaveLength(1)
})
