import { expect, test, vi } from 'vitest'

import { refuse, serve, stream } from './origin.ts'
import { record } from './record.ts'

import type { ServerResponse } from 'node:http'

const post = { method: 'POST', body: 'ask' }

/** The head and some events, then a reset. */
function breakOff(response: ServerResponse, text: string): void {
  stream(response, text)
  setImmediate(() => response.socket?.resetAndDestroy())
}

test('a clean end completes', async () => {
  const origin = await serve((response) => void stream(response, 'data: a\n\ndata: b\n\n').end())
  const { data, failures, states, isComplete } = record(origin.url, post)
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect([data, failures, states.at(-1), origin.seen.length]).toEqual([['a', 'b'], [], 'disconnected completed', 1])
})

test('a clean end is a lost link where the user says so', async () => {
  const origin = await serve((response, _, nth) =>
    nth === 0 ? void stream(response, 'data: a\n\n').end() : void stream(response, 'data: b\n\n'),
  )
  const { data } = record(origin.url, { ...post, reconnectOnClose: true, retryUnsafe: true })
  await vi.waitFor(() => expect(data).toEqual(['a', 'b']))
})

test('trap 34: an unclean end is INTERRUPTED, and not repeated', async () => {
  const origin = await serve((response) => breakOff(response, 'data: a\n\n'))
  const { data, failures, states, errors } = record(origin.url, post)
  await vi.waitFor(() => expect(failures).toEqual(['INTERRUPTED final']))
  expect([data, states.at(-1), origin.seen.length]).toEqual([['a'], 'error fatal', 1])
  expect(errors[0]?.cause).toMatchObject({ code: 'NETWORK' })
})

test('an unclean end before the first event is INTERRUPTED, too', async () => {
  const origin = await serve((response) => breakOff(response, ': hi\n'))
  const { failures } = record(origin.url, post)
  await vi.waitFor(() => expect(failures).toEqual(['INTERRUPTED final']))
})

test('an unclean end is repeated with retryUnsafe', async () => {
  const origin = await serve((response, _, nth) =>
    nth === 0 ? breakOff(response, 'data: a\n\n') : void stream(response, 'data: b\n\n').end(),
  )
  const { data, failures, isComplete } = record(origin.url, { ...post, retryUnsafe: true })
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect([data, failures]).toEqual([['a', 'b'], ['NETWORK retried']])
  expect(origin.seen.map(({ body }) => body)).toEqual(['ask', 'ask'])
})

test('an unclean end is repeated where the stream resumes by id', async () => {
  const origin = await serve((response, _, nth) =>
    nth === 0 ? breakOff(response, 'id: 1\ndata: a\n\n') : void stream(response, 'data: b\n\n').end(),
  )
  const { data, isComplete } = record(origin.url, post)
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect(data).toEqual(['a', 'b'])
  expect(origin.header('last-event-id')).toEqual([undefined, '1'])
})

test.each([408, 425, 429, 503])('a %i before any response is repeated', async (status) => {
  const origin = await serve((response, _, nth) =>
    nth === 0 ? refuse(response, status) : void stream(response, 'data: a\n\n').end(),
  )
  const { data, failures, isComplete } = record(origin.url, post)
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect([data, failures]).toEqual([['a'], [`HTTP ${status} retried`]])
  expect(origin.seen.map(({ method, body }) => [method, body])).toEqual([
    ['POST', 'ask'],
    ['POST', 'ask'],
  ])
})

test('a 503 is repeated after its delay', async () => {
  const origin = await serve((response) => refuse(response, 503, { 'Retry-After': '60' }))
  const { waits } = record(origin.url, post)
  await vi.waitFor(() => expect(waits).toEqual([60_000]))
  expect(origin.seen).toHaveLength(1)
})

test.each([500, 502, 504])('trap 34: a %i is not repeated', async (status) => {
  const origin = await serve((response) => refuse(response, status))
  const { failures, states } = record(origin.url, post)
  await vi.waitFor(() => expect(failures).toEqual([`HTTP ${status} final`]))
  expect([states.at(-1), origin.seen.length]).toEqual(['error fatal', 1])
})

test('trap 34: a connection lost before the response is not repeated', async () => {
  const origin = await serve((response) => void response.destroy())
  const { failures } = record(origin.url, post)
  await vi.waitFor(() => expect(failures).toEqual(['NETWORK final']))
  expect(origin.seen).toHaveLength(1)
})

test('trap 34: a timeout is not repeated', async () => {
  const origin = await serve(() => {})
  const { failures } = record(origin.url, { ...post, timeout: 50 })
  await vi.waitFor(() => expect(failures).toEqual(['TIMEOUT final']))
  expect(origin.seen).toHaveLength(1)
})

test.each([500, 502])('a %i is repeated with retryUnsafe', async (status) => {
  const origin = await serve((response, _, nth) => (nth === 0 ? refuse(response, status) : void stream(response).end()))
  const { failures, isComplete } = record(origin.url, { ...post, retryUnsafe: true })
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect(failures).toEqual([`HTTP ${status} retried`])
})

test('a 204 completes', async () => {
  const origin = await serve((response) => void response.writeHead(204).end())
  const { isComplete } = record(origin.url, post)
  await vi.waitFor(() => expect(isComplete()).toBe(true))
})

test('a body function is asked anew for each attempt', async () => {
  let asked = 0
  const origin = await serve((response, _, nth) => (nth === 0 ? refuse(response, 503) : void stream(response).end()))
  const { isComplete } = record(origin.url, { body: () => `ask ${++asked}` })
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect(origin.seen.map(({ method, body }) => [method, body])).toEqual([
    ['POST', 'ask 1'],
    ['POST', 'ask 2'],
  ])
})
