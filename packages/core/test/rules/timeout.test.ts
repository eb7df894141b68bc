import { describe, expect, it } from 'vitest'

import { createEnhancedSSEStream } from '../../src/index.ts'
import { openScripted, streamUrl } from '../support/open-scripted.ts'

import type { StreamError } from '../../src/index.ts'

describe('timeout', () => {
  it('bounds the time to the response headers', async () => {
    const { server, clock, log, dials } = openScripted()
    server.ignore(1)
    await clock.advance(29_999)
    expect(log).toEqual(['connecting started'])
    await clock.advance(1)
    expect(log.slice(1)).toEqual(['error TIMEOUT retried', 'retrying lost'])
    await clock.advance(1500)
    expect(dials).toEqual([0, 31_500])
  })

  it('aborts the request that it gives up', async () => {
    const { server, clock, inits } = openScripted({ timeout: 100 })
    server.ignore(1)
    await clock.advance(99)
    expect(inits[0]?.signal?.aborted).toBe(false)
    await clock.advance(1)
    expect(inits[0]?.signal?.aborted).toBe(true)
  })

  it('ignores an answer that comes after it', async () => {
    const { fetch, answer } = lateFetch()
    const { clock, log } = openScripted({ timeout: 100, maxRetries: 0, fetch })
    await clock.advance(100)
    answer()
    await clock.advance(60_000)
    expect(log).toEqual(['connecting started', 'error TIMEOUT final', 'error max-retries'])
  })

  it('says nothing of the body that follows the headers', async () => {
    const { server, clock, stream } = openScripted({ timeout: 100 })
    await clock.advance(60_000)
    expect(stream.state).toBe('connected')
    expect(server.openConnections).toBe(1)
  })

  it('is off with 0', async () => {
    const { server, clock, stream, log } = openScripted({ timeout: 0 })
    server.ignore(1)
    await clock.advance(3_600_000)
    expect(log).toEqual(['connecting started'])
    stream.close()
    expect(clock.pending).toBe(0)
  })

  it.each(['url', 'headers', 'body'] as const)('trap 30: bounds a %s function that never settles', async (option) => {
    const never = () => new Promise<never>(() => {})
    const { clock, log, dials } = openScripted(
      option === 'url' ? { timeout: 100 } : { timeout: 100, method: 'POST', [option]: never, retryUnsafe: true },
      option === 'url' ? { url: never } : {},
    )
    await clock.advance(100)
    expect(log).toEqual(['connecting started', 'error TIMEOUT retried', 'retrying lost'])
    expect(dials).toEqual([])
  })
})

describe('a function that provides a part of the request', () => {
  it('is asked anew at each attempt', async () => {
    let asked = 0
    const { server, clock } = openScripted(
      { headers: async () => ({ Authorization: `Bearer ${asked}` }) },
      { url: () => `http://stream.test/${++asked}` },
    )
    server.flap(2)
    await clock.advance(10_000)
    expect(server.requests.map(({ url, headers }) => [url, headers.get('Authorization')])).toEqual([
      ['http://stream.test/1', 'Bearer 1'],
      ['http://stream.test/2', 'Bearer 2'],
      ['http://stream.test/3', 'Bearer 3'],
    ])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('no token')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no token'))],
    ['gives no URL', () => 'http://['],
  ])('trap 30: is a failed attempt where it %s, and the next one may succeed', async (_, fail) => {
    let asked = 0
    const { clock, log, errors } = openScripted({}, { url: () => (++asked > 2 ? 'http://stream.test/' : fail()) })
    await clock.advance(10_000)
    expect(log).toEqual([
      'connecting started',
      'error REQUEST retried',
      'retrying lost',
      'error REQUEST retried',
      'retrying lost',
      'connected opened',
    ])
    expect(errors[0]?.cause).toBeInstanceOf(Error)
  })
})

describe('firstByteTimeout', () => {
  it('catches a proxy that answers and buffers', async () => {
    const { clock, log, dials } = openScripted({ firstByteTimeout: 3000, jitter: 0 })
    await clock.advance(2999)
    expect(log).toEqual(['connecting started', 'connected opened'])
    await clock.advance(1)
    expect(log.slice(2)).toEqual(['error TIMEOUT retried', 'retrying lost'])
    await clock.advance(1000)
    expect(dials).toEqual([0, 4000])
  })

  it('is satisfied by any byte', async () => {
    const { server, clock, log } = openScripted({ firstByteTimeout: 3000 })
    await clock.advance(2999)
    server.connection(0).raw(':')
    await clock.advance(60_000)
    expect(log).toEqual(['connecting started', 'connected opened'])
  })

  it('holds for a link that opened while nobody was there to read', async () => {
    const { clock, manager, server } = openScripted({ autoStart: false })
    const open = () => {
      const options = { manager, clock, fetch: server.fetch, firstByteTimeout: 3000 }
      const log: string[] = []
      const handlers = { onData() {}, onError: ({ code }: StreamError) => void log.push(code) }
      return { log, stream: createEnhancedSSEStream(streamUrl, handlers, options) }
    }
    const { stream } = open()
    stream.start()
    stream.close()
    await clock.advance(500)
    const { log } = open()
    await clock.advance(2999)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(log).toEqual(['TIMEOUT'])
  })

  it('is off by default', async () => {
    const { clock, log } = openScripted()
    await clock.advance(299_000)
    expect(log).toEqual(['connecting started', 'connected opened'])
  })
})

/** A `fetch` that heeds no signal and answers when told to. */
function lateFetch(): { readonly fetch: typeof globalThis.fetch; readonly answer: () => void } {
  let resolve: (response: Response) => void = () => {}
  const response = new Promise<Response>((settle) => (resolve = settle))
  return {
    fetch: () => response,
    answer: () => resolve(new Response('data: late\n\n', { headers: { 'Content-Type': 'text/event-stream' } })),
  }
}
