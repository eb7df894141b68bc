import { describe, expect, test, vi } from 'vitest'

import { refuse, serve, stream } from './origin.ts'
import { record } from './record.ts'

import type { EnhancedStreamConfig } from '../../src/index.ts'
import type { Origin } from './origin.ts'

const withSecrets: EnhancedStreamConfig<string> = {
  headers: { Authorization: 'Bearer 1', 'X-Api-Key': '2', Cookie: 'session=3' },
}

const ways = [
  ['without headers', {}],
  ['with headers', withSecrets],
] as const

function destination(): Promise<Origin> {
  return serve((response, { path }) => void stream(response, `data: ${path}\n\n`))
}

describe.each(ways)('%s', (_, config) => {
  test.each([301, 302, 303, 307, 308])('follows a %i to a path of the same origin', async (status) => {
    const origin = await serve((response, { path }) => {
      if (path === '/a/b') refuse(response, status, { Location: '../c?x=1' })
      else stream(response, `data: ${path}\n\n`)
    })
    const { data, failures } = record(`${origin.url}/a/b`, config)
    await vi.waitFor(() => expect([data, failures]).toEqual([['/c'], []]))
    expect(origin.seen.map(({ method, path, query }) => `${method} ${path} ${query}`)).toEqual([
      'GET /a/b ',
      'GET /c x=1',
    ])
    expect(origin.header('accept')).toEqual(['text/event-stream', 'text/event-stream'])
  })

  test.each([301, 302, 303, 307, 308])('a %i without a Location is final', async (status) => {
    const origin = await serve((response) => refuse(response, status))
    const { failures } = record(origin.url, config)
    await vi.waitFor(() => expect(failures).toEqual([`HTTP ${status} final`]))
  })

  test('follows several, to the end', async () => {
    const origin = await serve((response, { path }) => {
      const n = Number(path.slice(1))
      if (n < 10) refuse(response, 307, { Location: `/${n + 1}` })
      else stream(response, `data: ${n}\n\n`)
    })
    const { data } = record(`${origin.url}/0`, config)
    await vi.waitFor(() => expect(data).toEqual(['10']))
  })

  test('gives up a loop', async () => {
    const origin = await serve((response) => refuse(response, 302, { Location: '/' }))
    const { states, errors } = record(origin.url, { ...config, maxRetries: 0 })
    await vi.waitFor(() => expect(states.at(-1)).toMatch(/^error /))
    expect(errors).toHaveLength(1)
    expect(origin.seen.length).toBeLessThanOrEqual(22)
  })

  test('an invalid Location is a failed attempt', async () => {
    const origin = await serve((response) => refuse(response, 302, { Location: 'http://[' }))
    const { states, errors } = record(origin.url, { ...config, maxRetries: 0 })
    await vi.waitFor(() => expect(states.at(-1)).toMatch(/^error /))
    expect(errors).toHaveLength(1)
  })

  test('trap 50: goes back to the first URL when it reconnects', async () => {
    const origin = await serve((response, { path }, nth) => {
      if (path === '/first') refuse(response, 302, { Location: `/then/${nth}` })
      else if (nth === 1) stream(response, 'id: 1\ndata: a\n\n').end()
      else stream(response, `data: b\n\n`)
    })
    const { data } = record(`${origin.url}/first`, config)
    await vi.waitFor(() => expect(data).toEqual(['a', 'b']))
    expect(origin.seen.map(({ path }) => path)).toEqual(['/first', '/then/0', '/first', '/then/2'])
    expect(origin.header('last-event-id')).toEqual([undefined, undefined, '1', '1'])
  })

  test('a redirect that leads to a 204 completes', async () => {
    const origin = await serve((response, { path }) =>
      path === '/' ? refuse(response, 302, { Location: '/done' }) : void response.writeHead(204).end(),
    )
    const { isComplete } = record(origin.url, config)
    await vi.waitFor(() => expect(isComplete()).toBe(true))
  })

  test('a redirect that leads to an error is that error', async () => {
    const origin = await serve((response, { path }) =>
      path === '/' ? refuse(response, 302, { Location: '/gone' }) : refuse(response, 410),
    )
    const { failures } = record(origin.url, config)
    await vi.waitFor(() => expect(failures).toEqual(['HTTP 410 final']))
  })
})

test.each([301, 302, 303, 307, 308])('trap 50: a %i to another origin gets no header of the user', async (status) => {
  const there = await destination()
  const here = await serve((response) => refuse(response, status, { Location: `${there.url}/there` }))
  const { data } = record(here.url, { ...withSecrets, lastEventId: '7' })
  await vi.waitFor(() => expect(data).toEqual(['/there']))
  for (const name of ['authorization', 'x-api-key', 'cookie']) expect(there.header(name), name).toEqual([undefined])
  expect([there.header('accept'), there.header('last-event-id')]).toEqual([['text/event-stream'], ['7']])
  expect(here.header('x-api-key')).toEqual(['2'])
})

test('headers of the user do not come back with a redirect that comes back', async () => {
  const here: Origin = await serve((response, { path }) =>
    path === '/' ? refuse(response, 302, { Location: `${there.url}/` }) : void stream(response, 'data: a\n\n'),
  )
  const there: Origin = await serve((response) => refuse(response, 302, { Location: `${here.url}/back` }))
  const { data } = record(here.url, withSecrets)
  await vi.waitFor(() => expect(data).toEqual(['a']))
  expect(here.header('authorization')).toEqual(['Bearer 1', undefined])
})

test('headers of the user go to the same origin again, and to the first one on reconnecting', async () => {
  const there = await serve((response, _, nth) =>
    nth === 0 ? void stream(response, 'data: a\n\n').end() : void stream(response, 'data: b\n\n'),
  )
  const here = await serve((response) => refuse(response, 302, { Location: there.url }))
  const { data } = record(here.url, withSecrets)
  await vi.waitFor(() => expect(data).toEqual(['a', 'b']))
  expect(here.header('x-api-key')).toEqual(['2', '2'])
  expect(there.header('x-api-key')).toEqual([undefined, undefined])
})

describe('a request with a body', () => {
  const post = { method: 'POST', body: '{"a":1}' }

  test.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', '{"a":1}'],
    [308, 'POST', '{"a":1}'],
  ])('by POST, with no header but its type, goes through a %i as %s', async (status, method, body) => {
    const origin = await serve((response, { path }) =>
      path === '/' ? refuse(response, status, { Location: '/there' }) : void stream(response, 'data: a\n\n'),
    )
    const { data } = record(origin.url, { ...post, headers: { 'Content-Type': 'application/json' } })
    await vi.waitFor(() => expect(data).toEqual(['a']))
    expect(origin.seen.map((seen) => [seen.method, seen.body])).toEqual([
      ['POST', '{"a":1}'],
      [method, body],
    ])
  })

  test.each([
    [301, 'POST'],
    [303, 'POST'],
    [307, 'POST'],
    [308, 'PUT'],
  ])('and secrets: trap 34: a %i of a %s is told, and not followed', async (status, method) => {
    const there = await destination()
    const here = await serve((response) => refuse(response, status, { Location: `${there.url}/?token=1` }))
    const { failures, states, errors } = record(`${here.url}/ask?token=2`, { ...post, method, ...withSecrets })
    await vi.waitFor(() => expect(failures).toEqual(['REDIRECT final']))
    expect([states.at(-1), here.seen.length, there.seen.length]).toEqual(['error fatal', 1, 0])
    expect(errors[0]?.message).toContain(`${here.url}/ask`)
    expect(errors[0]?.message).not.toContain('token')
    await vi.waitFor(() => expect(here.open).toBe(0))
  })
})

test.each(['data:text/event-stream,data:%20a%0A%0A', 'ftp://host.test/', 'javascript:0'])(
  'a redirect to %s is final',
  async (target) => {
    const origin = await serve((response) => refuse(response, 302, { Location: target }))
    const { data, failures } = record(origin.url, withSecrets)
    await vi.waitFor(() => expect(failures).toEqual(['REDIRECT final']))
    expect(data).toEqual([])
  },
)
