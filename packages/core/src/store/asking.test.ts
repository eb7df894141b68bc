import { expect, test } from 'vitest'

import { asking } from './asking.ts'

test('calls the function that there is by now, or gives what has taken its place', () => {
  const first = { headers: (n: number) => `first ${n}`, url: () => 'first', timeout: 1, fetch: () => 'kept' }
  const now: { latest?: object } = {}
  const options = asking(first, () => now.latest, /^(headers|url)$/)
  const answers = () => [options.headers(1), options.url(), options.fetch(), options.timeout]
  expect(answers()).toEqual(['first 1', 'first', 'kept', 1])
  now.latest = { headers: (n: number) => `second ${n}`, url: 'a value', timeout: 2, fetch: () => 'other' }
  expect(answers()).toEqual(['second 1', 'a value', 'kept', 1])
  expect(Object.keys(options)).toEqual(Object.keys(first))
})
