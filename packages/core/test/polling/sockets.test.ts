import { createHash } from 'node:crypto'

import { describe, expect, test, vi } from 'vitest'

import { serve } from '../support/serve.ts'
import { openPoll } from './open-poll.ts'
import { createPollChannel } from './poll-channel.ts'

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ParsedPollingOptions } from '../../src/transports/polling.ts'
import type { PollChannel } from './poll-channel.ts'

const quick = { retryDelay: 5, minRetryDelay: 1, maxRetryDelay: 20 }

/** A real server for a channel; it notes when two requests of one client overlap. */
async function serveChannel(channel: PollChannel) {
  const queries: string[] = []
  let inFlight = 0
  let most = 0
  let before: ((response: ServerResponse) => boolean) | undefined
  const served = await serve((request: IncomingMessage, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://server.test')
    queries.push(decodeURIComponent(searchParams.toString()))
    most = Math.max(most, ++inFlight)
    const closed = new Promise<void>((resolve) => {
      response.on('close', () => {
        inFlight--
        resolve()
      })
    })
    if (before?.(response)) return
    void channel.answer(searchParams, closed).then((body) => {
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(body))
    })
  })
  return {
    url: served.url,
    sockets: served.sockets,
    queries,
    mostAtOnce: () => most,
    inFlight: () => inFlight,
    /** Puts this in front of each answer; it returns whether it has answered. */
    intercept: (next: typeof before) => (before = next),
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

describe('our endpoint over real sockets', () => {
  test('delivers each event once and in order, with one request in flight', async () => {
    const channel = createPollChannel()
    const server = await serveChannel(channel)
    const { data, log } = openPoll(server.url)
    await vi.waitFor(() => expect(channel.held).toBe(1))
    for (const n of numbers(1, 60)) {
      channel.publish(n)
      if (n % 20 === 0) await vi.waitFor(() => expect(data.at(-1)).toBe(n))
    }
    expect(data).toEqual(numbers(1, 60))
    expect(server.mostAtOnce()).toBe(1)
    expect(log.slice(0, 2)).toEqual(['connecting started by polling', 'connected opened by polling'])
    expect(server.queries.slice(0, 2)).toEqual(['', 'since=life1:0&wait=25'])
  })

  test('goes on without loss after answers that are cut off, and refusals', async () => {
    const channel = createPollChannel()
    const server = await serveChannel(channel)
    const { data, log } = openPoll(server.url, quick)
    await vi.waitFor(() => expect(channel.held).toBe(1))
    let requests = 0
    server.intercept((response) => {
      const nth = requests++ % 4
      if (nth === 0) response.destroy()
      else if (nth === 1) response.writeHead(503).end()
      else if (nth === 2) {
        response.writeHead(200, { 'Content-Length': 1000 }).write('{"events":[{"type":"event"')
        setImmediate(() => response.destroy())
      }
      return nth < 3
    })
    for (const from of [1, 11, 21]) {
      channel.publish(...numbers(from, from + 9))
      await vi.waitFor(() => expect(data).toHaveLength(from + 9))
    }
    expect(data).toEqual(numbers(1, 30))
    expect(log.filter((line) => line.startsWith('gap'))).toEqual([])
    expect(server.mostAtOnce()).toBe(1)
  })

  test('reads from the start', async () => {
    const channel = createPollChannel()
    channel.publish(1, 2, 3)
    const server = await serveChannel(channel)
    const { data } = openPoll(server.url, { from: 'start' })
    await vi.waitFor(() => expect(data).toEqual([1, 2, 3]))
    channel.publish(4)
    await vi.waitFor(() => expect(data).toEqual([1, 2, 3, 4]))
  })

  test('resumes from a position', async () => {
    const channel = createPollChannel()
    channel.publish(1, 2, 3)
    const server = await serveChannel(channel)
    const { data, stream, log } = openPoll(server.url, { lastEventId: 'life1:2' })
    await vi.waitFor(() => expect(data).toEqual([3]))
    expect(stream.lastEventId).toBe('life1:3')
    expect(log.filter((line) => line.startsWith('gap'))).toEqual([])
  })

  test('declares what the server has no more, and only that', async () => {
    const channel = createPollChannel()
    channel.publish(1, 2, 3, 4, 5)
    channel.keep(2)
    const server = await serveChannel(channel)
    const { log } = openPoll(server.url, { lastEventId: 'life1:1' })
    await vi.waitFor(() => expect(log).toHaveLength(5))
    expect(log.slice(2)).toEqual(['gap lost life1:1..life1:3', 'data 4', 'data 5'])
  })

  test('declares a gap when the server has begun another life, and follows that', async () => {
    const channel = createPollChannel()
    const server = await serveChannel(channel)
    const { log } = openPoll(server.url, quick)
    await vi.waitFor(() => expect(channel.held).toBe(1))
    channel.publish('a')
    await vi.waitFor(() => expect(log.at(-1)).toBe('data "a"'))
    channel.restart()
    channel.publish('b')
    await vi.waitFor(() => expect(log.at(-1)).toBe('data "b"'))
    channel.publish('c')
    await vi.waitFor(() => expect(log.at(-1)).toBe('data "c"'))
    expect(log.slice(2)).toEqual(['data "a"', 'gap lost life1:1..life2:0', 'data "b"', 'data "c"'])
  })

  test('completes, and asks no more', async () => {
    const channel = createPollChannel()
    const server = await serveChannel(channel)
    const { log, stream } = openPoll(server.url)
    await vi.waitFor(() => expect(channel.held).toBe(1))
    channel.publish(1)
    channel.complete()
    await vi.waitFor(() => expect(stream.state).toBe('disconnected'))
    const asked = server.queries.length
    await vi.waitFor(() => expect(log.slice(2)).toEqual(['data 1', 'disconnected completed by polling', 'complete']))
    await vi.waitFor(() => expect(server.inFlight()).toBe(0))
    expect(server.queries).toHaveLength(asked)
  })

  test('completes when it resumes at the end of a channel that is complete', async () => {
    const channel = createPollChannel()
    channel.publish(1)
    channel.complete()
    const server = await serveChannel(channel)
    const { stream, log } = openPoll(server.url, { lastEventId: 'life1:1' })
    await vi.waitFor(() => expect(stream.state).toBe('disconnected'))
    expect(log.filter((line) => /data|gap|error/.test(line))).toEqual([])
  })

  test('close() ends the request that the server holds', async () => {
    const channel = createPollChannel()
    const server = await serveChannel(channel)
    const { stream } = openPoll(server.url, { linger: 0 })
    await vi.waitFor(() => expect(channel.held).toBe(1))
    stream.close()
    await vi.waitFor(() => expect([server.inFlight(), channel.held]).toEqual([0, 0]))
  })

  test('trap 36: keeps its connection over refusals and answers', async () => {
    const channel = createPollChannel()
    const server = await serveChannel(channel)
    let requests = 0
    server.intercept((response) => {
      const isRefused = requests++ % 2 === 0
      if (isRefused) response.writeHead(503).end('x'.repeat(100))
      return isRefused
    })
    const { data } = openPoll(server.url, { ...quick, from: 'start' })
    channel.publish(1)
    await vi.waitFor(() => expect(data).toEqual([1]))
    channel.publish(2)
    await vi.waitFor(() => expect(data).toEqual([1, 2]))
    expect(server.sockets.size).toBeLessThanOrEqual(2)
  })
})

test('any endpoint over real sockets: 304 as Express answers it, and each item once', async () => {
  const messages: { id: number; text: string }[] = []
  const statuses: number[] = []
  const server = await serve((request, response) => {
    const body = JSON.stringify({ messages })
    const etag = `"${createHash('sha1').update(body).digest('base64')}"`
    // What the `fresh` package does, on which Express stands.
    const isFresh =
      request.headers['if-none-match'] === etag && !/no-cache/.test(request.headers['cache-control'] ?? '')
    statuses.push(isFresh ? 304 : 200)
    response.writeHead(isFresh ? 304 : 200, { ETag: etag, 'Content-Type': 'application/json' })
    response.end(isFresh ? undefined : body)
  })
  const parse: ParsedPollingOptions['parse'] = (body) =>
    (body as { messages: { id: number; text: string }[] }).messages.map(({ id, text }) => ({ id, data: text }))
  messages.push({ id: 1, text: 'a' })
  const { data } = openPoll(server.url, quick, { parse, interval: 10 })
  await vi.waitFor(() => expect(statuses).toContain(304))
  messages.push({ id: 2, text: 'b' })
  await vi.waitFor(() => expect(data).toEqual(['a', 'b']))
  await vi.waitFor(() => expect(statuses.at(-1)).toBe(304))
  expect(data).toEqual(['a', 'b'])
})
