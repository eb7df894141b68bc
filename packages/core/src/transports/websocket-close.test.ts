import { describe, expect, test } from 'vitest'

import { closeError } from './websocket-close.ts'

const meaning = (code: number, isOurs: boolean) => {
  const error = closeError(code, '', isOurs)
  return error && `${error.code} ${error.retryable ? 'retried' : 'final'}`
}

describe('under steadystream.v1', () => {
  test.each([
    [1000, undefined],
    [1001, 'ENDED retried'],
    [1005, undefined],
    [1006, 'NETWORK retried'],
    [1008, 'ENDED retried'],
    [1011, 'ENDED retried'],
    [1012, 'ENDED retried'],
    [2999, 'ENDED retried'],
    [3000, 'UNAUTHORIZED final'],
    [3001, 'ENDED retried'],
    [3499, 'ENDED retried'],
    [3500, 'SERVER_CLOSE final'],
    [3999, 'SERVER_CLOSE final'],
    [4000, 'ENDED retried'],
    [4401, 'ENDED retried'],
    [4499, 'ENDED retried'],
    [4500, 'SERVER_CLOSE final'],
    [4999, 'SERVER_CLOSE final'],
  ])('%i is %s', (code, expected) => expect(meaning(code, true)).toBe(expected))
})

describe('under another subprotocol, or none', () => {
  test.each([
    [1000, undefined],
    [1001, 'ENDED retried'],
    [1005, undefined],
    [1006, 'NETWORK retried'],
    [1008, 'SERVER_CLOSE final'],
    [1011, 'ENDED retried'],
    [3000, 'ENDED retried'],
    [3500, 'ENDED retried'],
    [4401, 'UNAUTHORIZED final'],
    [4403, 'SERVER_CLOSE final'],
    [4500, 'ENDED retried'],
  ])('%i is %s', (code, expected) => expect(meaning(code, false)).toBe(expected))
})

test('tells the code and the reason, or what caused it where there is none', () => {
  const cause = new Error('connect ECONNREFUSED')
  expect(closeError(3005, 'expired', true)?.message).toBe('WebSocket closed: 3005 expired')
  expect(closeError(1006, '', true, cause)).toMatchObject({
    message: 'WebSocket closed: 1006 connect ECONNREFUSED',
    cause,
  })
})
