import { afterEach, expect, it, vi } from 'vitest'

import { debug, withoutSecrets } from './debug.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it.each([
  ['streaming:*', true],
  ['other, streaming:sse', true],
  ['*', true],
  ['streaming:stream', false],
  ['streaming:sses', false],
  ['sse', false],
  ['', false],
])('DEBUG=%j prints a line of streaming:sse: %j', (patterns, isPrinted) => {
  vi.stubEnv('DEBUG', patterns)
  const printed = vi.spyOn(console, 'debug').mockImplementation(() => {})
  debug('sse', () => 'dialled')
  expect(printed.mock.calls).toEqual(isPrinted ? [['streaming:sse dialled']] : [])
})

it.each([
  ['https://user:pw@host/a?token=1#x', 'https://host/a'],
  ['http://host/a', 'http://host/a'],
  ['/a?b', '/a'],
])('shows %s as %s', (url, shown) => {
  expect(withoutSecrets(url)).toBe(shown)
})
