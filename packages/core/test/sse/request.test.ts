import { expect, test, vi } from 'vitest'

import { serve, stream } from './origin.ts'
import { record } from './record.ts'

test('asks by GET for an event stream that no cache has kept', async () => {
  const origin = await serve((response) => void stream(response, 'data: a\n\n'))
  const { data } = record(`${origin.url}/events?a=1`)
  await vi.waitFor(() => expect(data).toEqual(['a']))

  expect(origin.seen).toHaveLength(1)
  const { method, path, query, headers, body } = origin.seen[0] ?? {}
  expect([method, path, `${query}`, body]).toEqual(['GET', '/events', 'a=1', ''])
  expect(headers).toMatchObject({ accept: 'text/event-stream', 'cache-control': 'no-cache' })
  expect(Object.keys(headers ?? {})).not.toContain('last-event-id')
  expect(Object.keys(headers ?? {})).not.toContain('content-type')
})

test('leaves an Accept header of the user alone', async () => {
  const origin = await serve((response) => void stream(response))
  record(origin.url, { headers: { accept: 'text/event-stream, application/json' } })
  await vi.waitFor(() => expect(origin.header('accept')).toEqual(['text/event-stream, application/json']))
})

test.each([
  ['an object', { Authorization: 'Bearer 1', 'X-Tenant': 'a' }],
  [
    'a list of pairs',
    [
      ['Authorization', 'Bearer 1'],
      ['X-Tenant', 'a'],
    ] satisfies HeadersInit,
  ],
  ['Headers', new Headers({ Authorization: 'Bearer 1', 'X-Tenant': 'a' })],
  ['a function', () => ({ Authorization: 'Bearer 1', 'X-Tenant': 'a' })],
  ['an async function', () => Promise.resolve(new Headers({ Authorization: 'Bearer 1', 'X-Tenant': 'a' }))],
])('sends headers given as %s', async (_, headers) => {
  const origin = await serve((response) => void stream(response))
  record(origin.url, { headers })
  await vi.waitFor(() => expect(origin.seen).toHaveLength(1))
  expect(origin.seen[0]?.headers).toMatchObject({
    authorization: 'Bearer 1',
    'x-tenant': 'a',
    accept: 'text/event-stream',
  })
})

test('sends headers again with each attempt, and asks functions anew', async () => {
  const origin = await serve((response, _, nth) => (nth < 2 ? response.destroy() : void stream(response)))
  let token = 0
  record(() => `${origin.url}/${token}`, { headers: () => ({ authorization: `Bearer ${++token}` }) })
  await vi.waitFor(() => expect(origin.header('authorization')).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3']))
  expect(origin.seen.map(({ path }) => path)).toEqual(['/0', '/1', '/2'])
})

test.each([
  ['POST', 'POST'],
  ['post', 'POST'],
  ['PUT', 'PUT'],
  ['REPORT', 'REPORT'],
  ['PATCH', 'PATCH'],
  ['DELETE', 'DELETE'],
])('sends a body by %s', async (method, sent) => {
  const origin = await serve((response) => void stream(response, 'data: a\n\n'))
  const { data } = record(origin.url, { method, body: '{"a":1}', headers: { 'content-type': 'application/json' } })
  await vi.waitFor(() => expect(data).toEqual(['a']))

  expect(origin.seen.map((seen) => [seen.method, seen.body])).toEqual([[sent, '{"a":1}']])
  expect(origin.seen[0]?.headers).toMatchObject({ 'content-type': 'application/json', accept: 'text/event-stream' })
})

test('takes POST where there is a body and no method', async () => {
  const origin = await serve((response) => void stream(response))
  record(origin.url, { body: new URLSearchParams({ a: 'é' }) })
  await vi.waitFor(() => expect(origin.seen.map(({ method, body }) => [method, body])).toEqual([['POST', 'a=%C3%A9']]))
  expect(origin.header('content-type')).toEqual(['application/x-www-form-urlencoded;charset=UTF-8'])
})

test('sends a body of bytes, or one that a function gives', async () => {
  const origin = await serve((response) => void stream(response))
  record(origin.url, { body: new Uint8Array([0x61, 0x62]) })
  await vi.waitFor(() => expect(origin.seen).toHaveLength(1))
  record(origin.url, { body: () => Promise.resolve('cd') })
  await vi.waitFor(() => expect(origin.seen.map(({ body }) => body)).toEqual(['ab', 'cd']))
  expect(origin.seen.map(({ method }) => method)).toEqual(['POST', 'POST'])
})

test('a GET without a body may be sent by POST', async () => {
  const origin = await serve((response) => void stream(response))
  record(origin.url, { method: 'POST' })
  await vi.waitFor(() => expect(origin.seen.map(({ method, body }) => [method, body])).toEqual([['POST', '']]))
})

test('keeps the query and drops the fragment', async () => {
  const origin = await serve((response) => void stream(response))
  record(`${origin.url}/a%20b?x=%C3%A9&y=1+2#here`)
  await vi.waitFor(() => expect(origin.seen).toHaveLength(1))
  expect([origin.seen[0]?.path, `${origin.seen[0]?.query}`]).toEqual(['/a%20b', 'x=%C3%A9&y=1+2'])
})

test.each([
  ['http://host.test', 'a/b', '/a/b'],
  ['http://host.test/', '/a/b', '/a/b'],
  ['http://host.test/api', 'a', '/api/a'],
  ['http://host.test/api/', '/a?x=1', '/api/a?x=1'],
])('baseUrl %s and url %s make %s', async (baseUrl, url, target) => {
  const urls: string[] = []
  const fetch = (input: RequestInfo | URL) => {
    urls.push(new Request(input).url)
    return Promise.resolve(new Response(null, { status: 204 }))
  }
  record(url, { baseUrl, fetch })
  await vi.waitFor(() => expect(urls).toEqual([`http://host.test${target}`]))
})

test('asks for the beginning with from, and for no more than what is missing once it has an id', async () => {
  const origin = await serve((response) => void stream(response, 'id: 1\ndata: a\n\n').end())
  record(`${origin.url}/?x=1`, { from: 'start' })
  await vi.waitFor(() => expect(origin.seen.length).toBeGreaterThan(1))
  expect(origin.seen.slice(0, 2).map(({ query }) => `${query}`)).toEqual(['x=1&from=start', 'x=1'])
  expect(origin.header('last-event-id').slice(0, 2)).toEqual([undefined, '1'])
})

test('hands credentials to fetch only where they are set', async () => {
  const inits: (RequestInit | undefined)[] = []
  const fetch = (_: unknown, init?: RequestInit) => {
    inits.push(init)
    return Promise.resolve(new Response(null, { status: 204 }))
  }
  record('http://host.test', { fetch })
  await vi.waitFor(() => expect(inits).toHaveLength(1))
  record('http://host.test', { fetch, credentials: 'include' })
  await vi.waitFor(() => expect(inits).toHaveLength(2))
  expect('credentials' in (inits[0] ?? {})).toBe(false)
  expect(inits[1]?.credentials).toBe('include')
})

test('reads a body that was compressed with gzip', async () => {
  const { createGzip } = await import('node:zlib')
  const origin = await serve((response) => {
    stream(response, '', { 'Content-Encoding': 'gzip' })
    const gzip = createGzip()
    gzip.pipe(response)
    gzip.write('id: 1\ndata: é\n\n')
    gzip.flush(() => gzip.write('data: b\n\n', () => gzip.flush()))
  })
  const { data } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['é', 'b']))
})
