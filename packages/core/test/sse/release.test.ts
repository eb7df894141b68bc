import { expect, test, vi } from 'vitest'

import { createStreamManager } from '../../src/index.ts'
import { refuse, serve, stream } from './origin.ts'
import { record } from './record.ts'
import { bytes } from './vector.ts'

// A body that is neither read nor cancelled holds its connection, so the proof that one was released is the server's: an
// endless response is closed on it, or the socket of one that ended carries the next request.

test.each([
  ['a wrong status', (response) => void response.writeHead(404).write('x'.repeat(200_000))],
  ['a wrong content type', (response) => void response.writeHead(200).write('x'.repeat(200_000))],
] satisfies [string, Parameters<typeof serve>[0]][])('trap 36: lets go of an endless body of %s', async (_, answer) => {
  const origin = await serve(answer)
  const { states } = record(origin.url)
  await vi.waitFor(() => expect(states.at(-1)).toBe('error fatal'))
  await vi.waitFor(() => expect(origin.open).toBe(0))
})

test('trap 36: lets go of the endless bodies of refusals that it tries again after', async () => {
  const origin = await serve((response, _, nth) => {
    if (nth < 3) response.writeHead(503).write('x'.repeat(200_000))
    else stream(response, 'data: a\n\n')
  })
  const { data } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['a']))
  await vi.waitFor(() => expect(origin.open).toBe(1))
})

test('trap 36: lets go of the endless bodies of redirects', async () => {
  const origin = await serve((response, { path }) => {
    if (path === '/') response.writeHead(302, { Location: '/there' }).write('x'.repeat(200_000))
    else stream(response, 'data: a\n\n')
  })
  const { data } = record(origin.url, { headers: { 'X-Api-Key': '1' } })
  await vi.waitFor(() => expect(data).toEqual(['a']))
  await vi.waitFor(() => expect(origin.open).toBe(1))
})

test('lets go when it is closed', async () => {
  const origin = await serve((response) => void stream(response, 'data: a\n\n'))
  const { data, stream: opened } = record(origin.url, { linger: 0 })
  await vi.waitFor(() => expect(data).toEqual(['a']))
  expect(origin.open).toBe(1)
  opened.close()
  await vi.waitFor(() => expect(origin.open).toBe(0))
})

test('lets go when it is closed while the server sends as fast as it can', async () => {
  const origin = await serve((response) => {
    const sending = stream(response)
    const send = () => {
      while (sending.write(`data: ${'x'.repeat(10_000)}\n\n`));
    }
    sending.on('drain', send)
    send()
  })
  const { data, stream: opened } = record(origin.url, { linger: 0 })
  await vi.waitFor(() => expect(data.length).toBeGreaterThan(100))
  opened.close()
  await vi.waitFor(() => expect(origin.open).toBe(0))
})

test('lets go when it is closed before the response', async () => {
  const origin = await serve(() => {})
  const { stream: opened } = record(origin.url, { linger: 0 })
  await vi.waitFor(() => expect(origin.seen).toHaveLength(1))
  opened.close()
  await vi.waitFor(() => expect(origin.open).toBe(0))
})

test('lets go when its signal is aborted, and when its manager is cleaned up', async () => {
  const origin = await serve((response) => void stream(response, 'data: a\n\n'))
  const controller = new AbortController()
  const manager = createStreamManager()
  const first = record(origin.url, { signal: controller.signal })
  const second = record(origin.url, { manager })
  await vi.waitFor(() => expect([first.data, second.data]).toEqual([['a'], ['a']]))
  expect(origin.open).toBe(2)
  controller.abort()
  await vi.waitFor(() => expect(origin.open).toBe(1))
  manager.cleanupAll()
  await vi.waitFor(() => expect(origin.open).toBe(0))
})

test('lets go of a response that its timeout has given up', async () => {
  const origin = await serve((response, _, nth) => (nth === 0 ? undefined : void stream(response, 'data: a\n\n')))
  const { data, failures } = record(origin.url, { timeout: 100 })
  await vi.waitFor(() => expect(data).toEqual(['a']))
  expect(failures).toEqual(['TIMEOUT retried'])
  await vi.waitFor(() => expect(origin.open).toBe(1))
})

test('lets go of a silent connection', async () => {
  const origin = await serve((response, _, nth) => void stream(response, `data: ${nth}\n\n`))
  const { data, stream: opened } = record(origin.url, { heartbeatInterval: 50 })
  await vi.waitFor(() => expect(data.length).toBeGreaterThan(2))
  opened.close()
  await vi.waitFor(() => expect(origin.open).toBeLessThan(2))
})

test('lets go when the stream says that it is complete while the server goes on', async () => {
  const origin = await serve((response) => void stream(response, 'data: [DONE]\n\ndata: more\n\n'))
  const { data, isComplete } = record(origin.url, { isComplete: (event) => event.data === '[DONE]' })
  await vi.waitFor(() => expect(isComplete()).toBe(true))
  expect(data).toEqual(['[DONE]'])
  await vi.waitFor(() => expect(origin.open).toBe(0))
})

test('uses one socket again after refusals whose bodies end', async () => {
  const origin = await serve((response, _, nth) =>
    nth < 3 ? refuse(response, 503) : void stream(response, 'data: a\n\n'),
  )
  const { data } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['a']))
  expect(origin.sockets).toBe(1)
})

// What follows is a fetch that does not heed its signal, as some mocks and platforms have it.

test.each([
  ['a 404', 404, 'text/event-stream'],
  ['a 503', 503, 'text/event-stream'],
  ['a wrong content type', 200, 'text/html'],
  ['an event stream that is closed', 200, 'text/event-stream'],
])('trap 36: cancels the body of %s itself', async (_, status, type) => {
  const cancel = vi.fn()
  const fetch = () =>
    Promise.resolve(new Response(new ReadableStream({ cancel }), { status, headers: { 'Content-Type': type } }))
  const { stream: opened, states } = record('http://stream.test', { fetch, linger: 0, maxRetries: 0 })
  await vi.waitFor(() => expect(states.length).toBeGreaterThan(1))
  opened.close()
  await vi.waitFor(() => expect(cancel).toHaveBeenCalledTimes(1))
})

test('trap 36: cancels the body of a response that comes after close()', async () => {
  const cancel = vi.fn()
  let answer = () => {}
  const fetch = () =>
    new Promise<Response>((resolve) => {
      answer = () =>
        resolve(new Response(new ReadableStream({ cancel }), { headers: { 'Content-Type': 'text/event-stream' } }))
    })
  const { stream: opened, states } = record('http://stream.test', { fetch, linger: 0 })
  await vi.waitFor(() => expect(states).toEqual(['connecting started']))
  opened.close()
  answer()
  await vi.waitFor(() => expect(cancel).toHaveBeenCalledTimes(1))
  expect(states.at(-1)).toBe('disconnected closed')
})

test('trap 36: cancels the body wherever close() finds it', async () => {
  for (let turns = 0; turns < 50; turns++) {
    const bodies: ReturnType<typeof vi.fn>[] = []
    const fetch = () => {
      const cancel = vi.fn()
      bodies.push(cancel)
      const body = new ReadableStream({ start: (controller) => controller.enqueue(bytes('data: a\n\n')), cancel })
      return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
    }
    const { stream: opened } = record('http://stream.test', { fetch, linger: 0 })
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    opened.close()
    const cancelled = () => bodies.map((cancel) => cancel.mock.calls.length)
    await vi.waitFor(() => expect([turns, cancelled()]).toEqual([turns, bodies.map(() => 1)]))
  }
})
