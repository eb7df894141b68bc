import { describe, expect, it, vi } from 'vitest'

import { createRealtime } from '../src/index.ts'
import { readStream } from './support/read-stream.ts'
import { frameworks, serve } from './support/serve.ts'

import type { Logger, Principal, Producer, Send } from '../src/index.ts'
import type { Framework } from './support/serve.ts'

function serveProducer(producer: Producer, kind: Framework = 'node:http', logger?: Logger) {
  return serve((realtime, req, res) => realtime.stream(req, res, producer, { name: 'tokens' }), { logger }, kind)
}

describe.each(frameworks)('a request-scoped stream over %s', (kind) => {
  it.each(['GET', 'POST'])('answers %s with what the producer sends, then completes', async (method) => {
    const { realtime, port } = await serveProducer(async (send) => {
      await send({ delta: 'a\nb' })
      await send('two', { id: '2', event: 'token' })
    }, kind)
    const reading = await readStream(port, { method })
    await reading.rest()
    expect(reading.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(reading.text()).toBe(
      ': connected\n\n' +
        'data: {"delta":"a\\nb"}\n\n' +
        'id: 2\nevent: token\ndata: "two"\n\n' +
        'event: steadystream.complete\ndata: {}\n\n',
    )
    expect([...realtime.sessions]).toEqual([])
  })

  it('aborts the producer when the client leaves', async () => {
    let reason: unknown
    const { realtime, port } = await serveProducer(async (send, signal) => {
      await send(1)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      reason = await send(2).catch((error: unknown) => error)
    }, kind)
    const reading = await readStream(port)
    await reading.take(1)
    reading.leave()
    await vi.waitFor(() => expect(reason).toMatchObject({ name: 'AbortError' }))
    expect([...realtime.sessions]).toEqual([])
  })
})

describe('a request-scoped stream', () => {
  it('aborts the producer when the server closes, and tells the client', async () => {
    let aborted = false
    const { realtime, port } = await serveProducer(async (send, signal) => {
      signal.addEventListener('abort', () => (aborted = true))
      for (;;) {
        await send('tick')
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    const reading = await readStream(port)
    await reading.take(2)
    const closed = realtime.close()
    // At once, not when the client has read what it is due.
    expect(aborted).toBe(true)
    await closed
    expect((await reading.rest()).at(-1)?.event).toBe('steadystream.close')
  })

  it('is refused where the server has closed before it is known who asks', async () => {
    let tell = (_: Principal) => {}
    const asking = new Promise<Principal>((resolve) => (tell = resolve))
    const authenticate = vi.fn(() => asking)
    const producer = vi.fn()
    const realtime = createRealtime({ authenticate })
    const response = realtime.stream(new Request('http://localhost/'), producer)
    await vi.waitFor(() => expect(authenticate).toHaveBeenCalled())
    await realtime.close()
    tell({ userId: 'ann' })
    expect((await response).status).toBe(503)
    expect(producer).not.toHaveBeenCalled()
  })

  it('rejects what is sent once the producer has returned, while the client still reads', async () => {
    let send: Send | undefined
    const realtime = createRealtime()
    const response = await realtime.stream(new Request('http://localhost/'), (given) => void (send = given))
    await vi.waitFor(() => expect(send).toBeDefined())
    await expect(send?.('late')).rejects.toMatchObject({ name: 'AbortError' })
    expect(await response.text()).not.toContain('late')
  })

  it('security 25: cuts the connection where the producer throws, without complete and without its words', async () => {
    const errors: object[] = []
    const ignore = () => {}
    const logger = { debug: ignore, info: ignore, warn: ignore, error: (fields: object) => void errors.push(fields) }
    const failure = new Error('password is hunter2')
    const { port } = await serveProducer(
      async (send) => {
        await send(1)
        throw failure
      },
      'node:http',
      logger,
    )
    const reading = await readStream(port)
    expect(await reading.over).toBe('cut')
    expect(reading.text()).toBe(': connected\n\ndata: 1\n\n')
    expect(errors).toMatchObject([{ err: failure, channel: 'tokens' }])
  })

  it('holds the producer back at the pace of the client', async () => {
    let sent = 0
    const { realtime, port } = await serveProducer(async (send, signal) => {
      while (!signal.aborted && sent < 2000) {
        await send('x'.repeat(16 * 1024))
        sent++
      }
    })
    const reading = await readStream(port)
    reading.pause()
    let before = -1
    await vi.waitFor(
      () => {
        const isStill = sent === before
        before = sent
        expect(isStill).toBe(true)
      },
      { interval: 50, timeout: 5000 },
    )
    expect(sent).toBeLessThan(2000)
    const [session] = realtime.sessions
    expect(session?.queuedBytes).toBeLessThan(64 * 1024)
    reading.resume()
    expect(await reading.rest()).toHaveLength(2001)
  })

  it('cuts off a producer that does not wait for a client that does not read', async () => {
    const { realtime, port } = await serveProducer(async (send, signal) => {
      while (!signal.aborted) {
        void send('x'.repeat(64 * 1024))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    const reading = await readStream(port)
    reading.pause()
    await vi.waitFor(() => expect([...realtime.sessions]).toEqual([]), { timeout: 5000 })
  })

  it.each([
    ['an id with a line end', { id: 'a\nb' }, 'id must not hold CR, LF or NUL'],
    ['an event with a line end', { event: 'a\rb' }, 'event must not hold CR, LF or NUL'],
    ['a name of the protocol', { event: 'steadystream.complete' }, 'event must not begin with "steadystream."'],
  ])('security 1: refuses %s', async (_, options, message) => {
    let thrown: unknown
    const { port } = await serveProducer((send) => {
      try {
        void send(1, options)
      } catch (error) {
        thrown = error
      }
    })
    await (await readStream(port)).rest()
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).toContain(message)
  })

  it('refuses other methods', async () => {
    const { port } = await serveProducer(() => {})
    const reading = await readStream(port, { method: 'DELETE' })
    await reading.over
    expect([reading.status, reading.headers['allow']]).toEqual([405, 'GET, POST, OPTIONS'])
  })
})
