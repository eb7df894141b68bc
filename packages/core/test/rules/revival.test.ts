import { afterEach, expect, it, vi } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'
import { createManualClock, createScriptedStream } from '../../src/testing/index.ts'
import { openScripted, streamUrl } from '../support/open-scripted.ts'
import { stubPage } from '../support/watch-page.ts'

afterEach(() => vi.unstubAllGlobals())

it('lets a stream that came back by itself be iterated again, after its loop had ended with the failure', async () => {
  const { stream, server, clock, log } = openScripted({ maxRetries: 0 }, { iterated: true })
  const outcomes: unknown[] = []
  const loop = async () => {
    try {
      for await (const { data } of stream) outcomes.push(data)
    } catch (error) {
      outcomes.push(String(error))
    }
  }
  server.refuse()
  void loop()
  await clock.advance(0)
  expect(outcomes).toEqual([expect.stringContaining('StreamError')])
  // Sleep, after which there may be a network.
  clock.jump(60_000)
  await clock.advance(10_000)
  expect(log.slice(-2)).toEqual(['connecting revived', 'connected opened'])
  void loop()
  server.connection(0).push({ id: '1', data: 1 })
  await clock.advance(0)
  expect(outcomes.slice(1)).toEqual([1])
})

it('lets each of two streams on one link be iterated again when one of them is started', async () => {
  const clock = createManualClock()
  const manager = createStreamManager()
  const server = createScriptedStream()
  const open = () =>
    createEnhancedSSEStream<number>(streamUrl, {}, { clock, manager, fetch: server.fetch, maxRetries: 0 })
  const [first, second] = [open(), open()]
  const taken: string[] = []
  const loop = async (name: string, stream: typeof first) => {
    try {
      for await (const { data } of stream) taken.push(`${name} ${data}`)
    } catch {
      taken.push(`${name} failed`)
    }
  }
  server.refuse()
  void loop('first', first)
  void loop('second', second)
  await clock.advance(0)
  first.start()
  await clock.advance(0)
  void loop('first', first)
  void loop('second', second)
  server.connection(0).push({ id: '1', data: 1 })
  await clock.advance(0)
  manager.cleanupAll()
  expect(taken).toEqual(['first failed', 'second failed', 'first 1', 'second 1'])
})

it('comes back no sooner than the server had asked before it gave up', async () => {
  const { server, clock, dials } = openScripted({ maxRetries: 0 })
  server.respond(503, { headers: { 'Retry-After': '100' } })
  await clock.advance(0)
  // Sleep, after which there may be a network.
  clock.jump(60_000)
  await clock.advance(39_000)
  expect(dials).toEqual([0])
  await clock.advance(3000)
  expect(dials).toHaveLength(2)
})

it('looks again no sooner than the server asked, although the page says that it is offline', async () => {
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false, baseURI: streamUrl }))
  const { server, clock, dials } = openScripted({ maxRetryDelay: 5000 })
  server.respond(503, { headers: { 'Retry-After': '100' } })
  await clock.advance(0)
  window.dispatchEvent(new Event('offline'))
  await clock.advance(99_000)
  expect(dials).toEqual([0])
  await clock.advance(1000)
  expect(dials).toHaveLength(2)
})

it.each(['freeze', 'pagehide'])(
  'dials no sooner than the server asked, although the page was away (%s)',
  async (away) => {
    const { fire, fireDocument } = stubPage()
    const { server, clock, dials } = openScripted({ jitter: 0 })
    server.respond(503, { headers: { 'Retry-After': '600' } })
    for (let n = 0; n < 5; n++) {
      await clock.advance(1000)
      if (away === 'freeze') fireDocument('freeze')
      else fire('pagehide')
      await clock.advance(1000)
      fireDocument('resume')
      fire('pageshow')
    }
    await clock.advance(589_999)
    expect(dials).toEqual([0])
    await clock.advance(1)
    expect(dials).toEqual([0, 600_000])
  },
)

it('waits no more for what the server asked once it has been connected again', async () => {
  const { fireDocument } = stubPage()
  const { stream, server, clock, dials } = openScripted()
  server.respond(503, { headers: { 'Retry-After': '600' } })
  await clock.advance(1000)
  stream.reconnect()
  await clock.advance(1000)
  fireDocument('freeze')
  fireDocument('resume')
  await clock.advance(0)
  expect(dials).toEqual([0, 1000, 2000])
})

it('refreshes credentials anew that expire in an outage, before a link has proved the refreshed ones', async () => {
  const refreshAuth = vi.fn()
  const { server, clock, log } = openScripted({ refreshAuth, maxRetries: Infinity, jitter: 0 })
  server.respond(401)
  server.refuse(8)
  server.respond(401)
  await clock.advance(200_000)
  expect(log.slice(-3)).toEqual(['retrying lost', 'retrying refreshing', 'connected opened'])
  expect(refreshAuth).toHaveBeenCalledTimes(2)
})

it('asks a refresh that fails for minutes again after the usual waits alone', async () => {
  const calls: number[] = []
  const refreshAuth = () => {
    calls.push(clock.now())
    throw new Error('no')
  }
  const { server, clock } = openScripted({ refreshAuth, maxRetries: Infinity, jitter: 0 })
  server.respond(401)
  await clock.advance(130_000)
  const waits = calls.slice(1).map((at, n) => at - (calls[n] ?? 0))
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
})

it('ends with the same credentials that were refused, however long the refresh took', async () => {
  const refreshAuth = vi.fn()
  refreshAuth.mockRejectedValueOnce(new Error('no')).mockRejectedValueOnce(new Error('no'))
  const options = { refreshAuth, headers: () => ({ Authorization: 'same' }), retryDelay: 30_000, jitter: 0 }
  const { server, clock, log } = openScripted({ ...options, maxRetries: Infinity })
  server.respond(401)
  await clock.advance(130_000)
  expect(log.at(-1)).toBe('error fatal')
  expect(refreshAuth).toHaveBeenCalledTimes(3)
})
