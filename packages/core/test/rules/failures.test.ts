import { describe, expect, it, vi } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'
import { recordReports } from '../support/record-reports.ts'

const eventStream = { 'Content-Type': 'text/event-stream' }

/** The codes told and the number of requests in the first minute, where the first request is answered like this. */
async function after(status: number, headers: HeadersInit = {}, config: Parameters<typeof openScripted>[0] = {}) {
  const { server, clock, told, dials } = openScripted(config)
  server.respond(status, { headers, body: '<html></html>' })
  await clock.advance(60_000)
  return [...told('error'), dials.length]
}

describe('what is retried', () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 599])('trap 33: %i is', async (status) => {
    expect(await after(status)).toEqual(['HTTP retried', 2])
  })

  it.each([201, 206, 400, 402, 403, 404, 405, 410, 422])('%i is not', async (status) => {
    expect(await after(status)).toEqual(['HTTP final', 'fatal', 1])
  })

  it('trap 31: a 401 is not, so that no loop of refusals begins', async () => {
    expect(await after(401)).toEqual(['UNAUTHORIZED final', 'fatal', 1])
  })

  it('trap 12: a page in place of the stream is not, on the first connect', async () => {
    expect(await after(200, { 'Content-Type': 'text/html' })).toEqual(['CONTENT_TYPE final', 'fatal', 1])
  })

  it('trap 12: a page in place of the stream is, once the stream has been connected', async () => {
    const { server, clock, told, stream } = openScripted()
    await clock.advance(0)
    server.connection(0).drop()
    server.respond(200, { headers: { 'Content-Type': 'text/html' }, body: 'Please log in' })
    await clock.advance(60_000)
    expect(told('error')).toEqual(['NETWORK retried', 'CONTENT_TYPE retried'])
    expect(stream.state).toBe('connected')
  })

  it('trap 53: a response without a body is not, and says what to do', async () => {
    const { clock, errors, log } = openScripted({
      fetch: () => Promise.resolve(new Response(null, { headers: eventStream })),
    })
    await clock.advance(60_000)
    expect(log).toEqual(['connecting started', 'error NO_BODY final', 'error fatal'])
    expect(errors[0]?.message).toMatch(/fetch/)
  })

  it.each([200, 404, 503])('trap 36: the body of a %i is cancelled, though fetch heeds no signal', async (status) => {
    const cancel = vi.fn()
    const { clock } = openScripted({
      maxRetries: 0,
      fetch: () => Promise.resolve(new Response(new ReadableStream({ cancel }), { status })),
    })
    await clock.advance(0)
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('is what shouldRetry says', async () => {
    expect(await after(404, {}, { shouldRetry: ({ status }) => status === 404 })).toEqual(['HTTP retried', 2])
    expect(await after(503, {}, { shouldRetry: () => false })).toEqual(['HTTP final', 'fatal', 1])
  })

  it('is what it would be where shouldRetry throws', async () => {
    const reports = recordReports()
    const fail = () => {
      throw new Error('mine')
    }
    expect(await after(503, {}, { shouldRetry: fail })).toEqual(['HTTP retried', 2])
    expect(await after(404, {}, { shouldRetry: fail })).toEqual(['HTTP final', 'fatal', 1])
    expect(reports).toEqual([new Error('mine'), new Error('mine')])
  })
})

describe('a request with a body', () => {
  const post = { body: '{"prompt":"hello"}' }

  it('trap 34: is not sent again after its answer broke off', async () => {
    const { server, clock, log, dials } = openScripted(post)
    await clock.advance(0)
    server.connection(0).push(1)
    server.connection(0).drop()
    await clock.advance(60_000)
    expect(log.slice(2)).toEqual(['data 1', 'error INTERRUPTED final', 'error fatal'])
    expect(dials).toEqual([0])
  })

  it('trap 34: is not sent again where no answer came', async () => {
    const { server, clock, log } = openScripted(post)
    server.refuse(1)
    await clock.advance(60_000)
    expect(log).toEqual(['connecting started', 'error NETWORK final', 'error fatal'])
  })

  it.each([408, 425, 429, 503])('is sent again after %i, with its delay', async (status) => {
    const { server, clock, dials, told } = openScripted({ ...post, jitter: 0 })
    server.respond(status, { headers: { 'Retry-After': '5' } })
    await clock.advance(60_000)
    expect(told('error')).toEqual(['HTTP retried'])
    expect(dials).toEqual([0, 5000])
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"prompt":"hello"}'],
      ['POST', '{"prompt":"hello"}'],
    ])
  })

  it.each([500, 502, 504])('trap 34: is not sent again after %i', async (status) => {
    expect(await after(status, {}, post)).toEqual(['HTTP final', 'fatal', 1])
  })

  it('is sent again with retryUnsafe, and where the stream resumes by ID', async () => {
    expect(await after(500, {}, { ...post, retryUnsafe: true })).toEqual(['HTTP retried', 2])
    const { server, clock, told } = openScripted(post)
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 1 })
    server.connection(0).drop()
    await clock.advance(60_000)
    expect(told('error')).toEqual(['NETWORK retried'])
    expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1'])
  })

  it('completes with the clean end of its answer', async () => {
    const { server, clock, log } = openScripted(post)
    await clock.advance(0)
    server.connection(0).push(1)
    server.connection(0).end()
    await clock.advance(60_000)
    expect(log.slice(2)).toEqual(['data 1', 'disconnected completed', 'complete'])
  })
})

describe('the runtime', () => {
  it('trap 53: needs no async iteration of the body', async () => {
    const body = new Blob(['data: 1\n\n']).stream()
    Object.defineProperty(body, Symbol.asyncIterator, { value: undefined })
    const { clock, told } = openScripted({
      reconnectOnClose: false,
      fetch: () => Promise.resolve(new Response(body, { headers: eventStream })),
    })
    await clock.advance(1000)
    expect(told('data')).toEqual(['1'])
  })

  it('trap 53: may lose the reason of an abort', async () => {
    const { clock, log } = openScripted({
      timeout: 100,
      jitter: 0,
      fetch: (_, init) =>
        new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('Aborted')))),
    })
    await clock.advance(100)
    expect(log).toEqual(['connecting started', 'error TIMEOUT retried', 'retrying lost'])
  })

  it('may have a fetch that throws instead of rejecting', async () => {
    let calls = 0
    const { clock, told } = openScripted({
      jitter: 0,
      fetch: () => {
        if (calls++ === 0) throw new TypeError('Illegal invocation')
        return Promise.resolve(new Response(new ReadableStream(), { headers: eventStream }))
      },
    })
    await clock.advance(1000)
    expect(told('error')).toEqual(['NETWORK retried'])
    expect(told('connected')).toEqual(['opened'])
  })
})
