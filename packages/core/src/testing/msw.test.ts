import { setupServer } from 'msw/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createStreamManager } from '../manager.ts'
import { sse } from '../transports/sse.ts'
import { createManualClock } from './manual-clock.ts'
import { sseHandler } from './msw.ts'
import { createScriptedStream } from './scripted-stream.ts'

const url = 'https://example.test/events'
const server = setupServer()

beforeEach(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.close())

describe('sseHandler', () => {
  test("puts a scripted stream behind the runtime's own fetch", async () => {
    const scripted = createScriptedStream()
    const clock = createManualClock()
    server.use(sseHandler(url, scripted))
    const received: unknown[] = []
    const stream = createStreamManager().open([sse(url)], { onData: (data) => received.push(data) }, { clock })

    await clock.advance(0)
    const first = await scripted.nextConnection()
    first.push({ id: '1', data: { n: 1 } })
    first.dropMidEvent({ data: 'lost' })
    await clock.advance(2000)
    scripted.connection(1).push({ id: '2', data: { n: 2 } })
    await clock.advance(0)
    stream.close()
    await clock.advance(1000)

    expect(received).toEqual([{ n: 1 }, { n: 2 }])
    expect(scripted.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1'])
    expect([clock.pending, scripted.openConnections]).toEqual([0, 0])
  })

  test('cannot be reached when the script says so, and takes any method', async () => {
    const scripted = createScriptedStream()
    server.use(sseHandler(/example\.test/, scripted))
    scripted.refuse()
    scripted.respond(204)

    await expect(fetch(url)).rejects.toThrow(TypeError)
    const response = await fetch(url, { method: 'POST', body: 'question', headers: { 'X-Own': 'a' } })
    const [, request] = scripted.requests
    expect([response.status, request?.method, request?.body, request?.headers.get('X-Own')]).toEqual([
      204,
      'POST',
      'question',
      'a',
    ])
  })

  test('sees the client leave', async () => {
    const scripted = createScriptedStream()
    server.use(sseHandler(url, scripted))
    const abort = new AbortController()
    await fetch(url, { signal: abort.signal })
    abort.abort()

    await scripted.connection(0).closed
    expect(scripted.openConnections).toBe(0)
  })
})
