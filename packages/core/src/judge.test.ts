import { expect, it } from 'vitest'

import { StreamError } from './errors.ts'
import { judgeFailure } from './judge.ts'

const http = (status: number) =>
  new StreamError('HTTP', `${status}`, {
    status,
    retryable: status >= 500 || [408, 425, 429].includes(status),
    retryAfterMs: 7,
  })
const network = new StreamError('NETWORK', 'cut')
const portal = new StreamError('CONTENT_TYPE', 'text/html', { status: 200, retryable: false })
const get = { isUnrepeatable: false, wasOpen: false, everConnected: false }
const post = { ...get, isUnrepeatable: true }

it.each([
  ['a lost GET', network, get, 'NETWORK', true],
  ['a refused GET', http(404), get, 'HTTP', false],
  ['an overloaded server', http(503), get, 'HTTP', true],
  ['a wrong type at first', portal, get, 'CONTENT_TYPE', false],
  ['a wrong type after a connection', portal, { ...get, everConnected: true }, 'CONTENT_TYPE', true],
  ['a POST that got no answer', network, post, 'NETWORK', false],
  ['a POST that broke off', network, { ...post, wasOpen: true }, 'INTERRUPTED', false],
  ['a POST answered 500', http(500), post, 'HTTP', false],
  ['a POST answered 408', http(408), post, 'HTTP', true],
  ['a POST answered 425', http(425), post, 'HTTP', true],
  ['a POST answered 429', http(429), post, 'HTTP', true],
  ['a POST answered 503', http(503), post, 'HTTP', true],
] as const)('%s', (_, error, facts, code, retryable) => {
  const judged = judgeFailure(error, facts)
  expect([judged.code, judged.retryable]).toEqual([code, retryable])
})

it('keeps what the server said when it renames a failure', () => {
  const judged = judgeFailure(http(500), { ...post, wasOpen: true })
  expect([judged.status, judged.retryAfterMs, judged.cause]).toEqual([
    500,
    7,
    expect.objectContaining({ code: 'HTTP' }),
  ])
})
