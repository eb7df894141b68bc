import { describe, expect, test, vi } from 'vitest'

import { createManualClock, createScriptedStream } from '../../src/testing/index.ts'
import { refuse, serve, stream } from './origin.ts'
import { record } from './record.ts'

const final = [
  201, 202, 203, 205, 206, 226, 300, 304, 305, 400, 402, 403, 404, 405, 406, 409, 410, 412, 413, 418, 422, 426, 451,
  499,
]
const retried = [408, 425, 429, 500, 501, 502, 503, 504, 505, 507, 511, 520, 599]

test.each(final)('a %i is final, and its body is not read as events', async (status) => {
  const hasBody = status !== 205 && status !== 304
  const origin = await serve((response) => {
    response.writeHead(status, { 'Content-Type': 'text/event-stream' })
    response.end(hasBody ? 'data: a\n\n' : undefined)
  })
  const { data, failures, states } = record(origin.url)
  await vi.waitFor(() => expect(failures).toEqual([`HTTP ${status} final`]))
  expect([data, states]).toEqual([[], ['connecting started', 'error fatal']])
})

test('a 401 is final, and named', async () => {
  const origin = await serve((response) => refuse(response, 401, { 'WWW-Authenticate': 'Basic' }))
  const { failures, states } = record(origin.url)
  await vi.waitFor(() => expect(failures).toEqual(['UNAUTHORIZED 401 final']))
  expect(states.at(-1)).toBe('error fatal')
})

test.each(retried)('a %i is tried again', async (status) => {
  const origin = await serve((response, _, nth) =>
    nth < 2 ? refuse(response, status) : void stream(response, 'data: a\n\n'),
  )
  const { data, failures } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['a']))
  expect(failures).toEqual([`HTTP ${status} retried`, `HTTP ${status} retried`])
})

test('trap 33: a 204 is the end, told as completion', async () => {
  const origin = await serve((response, _, nth) => {
    if (nth === 0) stream(response, 'id: 1\ndata: a\n\n').end()
    else response.writeHead(204).end()
  })
  const { data, states, isComplete } = record(origin.url)
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect([data, states.at(-1), origin.seen.length]).toEqual([['a'], 'disconnected completed', 2])
})

test('a 204 at the first request is the end, too', async () => {
  const origin = await serve((response) => void response.writeHead(204).end())
  const { states, failures, isComplete } = record(origin.url)
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect([states, failures]).toEqual([['connecting started', 'disconnected completed'], []])
})

test('a 200 without a body ends like any stream', async () => {
  const origin = await serve((response, _, nth) =>
    nth === 0 ? void stream(response).end() : void stream(response, 'data: a\n\n'),
  )
  const { data, failures } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['a']))
  expect(failures).toEqual(['ENDED retried'])
})

test('a response that breaks off before its headers is tried again', async () => {
  const origin = await serve((response, _, nth) =>
    nth === 0 ? void response.destroy() : void stream(response, 'data: a\n\n'),
  )
  const { data, failures } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['a']))
  expect(failures).toEqual(['NETWORK retried'])
})

test('a body that breaks off is tried again', async () => {
  const origin = await serve((response, _, nth) => {
    stream(response, `data: ${nth}\n\n`)
    if (nth === 0) setImmediate(() => response.socket?.resetAndDestroy())
  })
  const { data, failures } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['0', '1']))
  expect(failures).toEqual(['NETWORK retried'])
})

test('shouldRetry overrules a status', async () => {
  const origin = await serve((response, _, nth) => (nth === 0 ? refuse(response, 404) : refuse(response, 500)))
  const { failures } = record(origin.url, { shouldRetry: ({ status }) => status === 404 })
  await vi.waitFor(() => expect(failures).toEqual(['HTTP 404 retried', 'HTTP 500 final']))
})

describe('Retry-After', () => {
  const year2000 = 'Sat, 01 Jan 2000'

  test.each([
    ['3', 3000],
    ['0', 1000],
    [' 3 ', 3000],
    ['3600', 3_600_000],
    ['999999999999', 3_600_000],
    [`${year2000} 00:00:07 GMT`, 7000],
    [`${year2000} 23:00:00 GMT`, 3_600_000],
    ['Fri, 31 Dec 1999 23:59:59 GMT', 1000],
    ['Saturday, 01-Jan-00 00:00:07 GMT', 7000],
    ['', 1000],
    ['soon', 1000],
    ['-3', 1000],
    ['NaN', 1000],
    ['Infinity', 1000],
    ['3, 5', 1000],
  ])('%j makes the wait %i ms', async (value, ms) => {
    const server = createScriptedStream()
    const clock = createManualClock()
    server.respond(503, { headers: { 'Retry-After': value } })
    const { waits } = record('http://stream.test', {
      fetch: server.fetch,
      clock,
      retryDelay: 1000,
      maxRetryDelay: 30_000,
    })
    await clock.advance(0)
    expect(waits).toEqual([ms])
    await clock.advance(ms - 1)
    expect(server.requests).toHaveLength(1)
    await clock.advance(1)
    expect(server.requests).toHaveLength(2)
  })

  test.each([408, 425, 429, 500, 502, 503])('is honoured with a %i, for the next wait only', async (status) => {
    const server = createScriptedStream()
    const clock = createManualClock()
    server.respond(status, { headers: { 'Retry-After': '9' } })
    server.respond(status)
    const { waits } = record('http://stream.test', {
      fetch: server.fetch,
      clock,
      retryDelay: 1000,
      maxRetryDelay: 30_000,
    })
    await clock.advance(60_000)
    expect(waits).toEqual([9000, 2000])
  })

  test('goes over a real wire', async () => {
    const origin = await serve((response) => refuse(response, 503, { 'Retry-After': '120' }))
    const { waits } = record(origin.url)
    await vi.waitFor(() => expect(waits).toEqual([120_000]))
  })
})
