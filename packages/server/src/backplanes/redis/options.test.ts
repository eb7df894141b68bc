import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { driverForUrl } from './find-driver.ts'
import { readRedisOptions } from './options.ts'

import type { RedisBackplaneOptions } from './options.ts'

const url = 'redis://localhost:6379'
const driver = { open: () => Promise.reject(new Error('not here')) }
const example = 'redis://user:password@host:6379/0'

/** What is said of options that types would not let pass, or could not know. */
function refusal(options: unknown): string {
  try {
    readRedisOptions(options as RedisBackplaneOptions)
    return 'none'
  } catch (error) {
    return String(error)
  }
}

describe('options of the Redis backplane', () => {
  it.each<[unknown, string]>([
    ['redis', 'TypeError: options must be an object, got "redis"'],
    [{}, `TypeError: url must be given, as ${example}, or client instead of it`],
    [{ url: '' }, `TypeError: url must be a text as ${example}, got ""`],
    [{ url: 6379 }, `TypeError: url must be a text as ${example}, got 6379`],
    [{ url: 'http://a' }, `TypeError: url must begin with redis:// or rediss:// (TLS), as ${example}, got http://`],
    [{ url: 'secret@a' }, `TypeError: url must begin with redis:// or rediss:// (TLS), as ${example}, got a text without either`],
    ...['redis://a:b#c@d', 'redis://a:1/b@c', 'redis://a:99999', 'redis://a/b'].map((bad): [unknown, string] => [
      { url: bad },
      `TypeError: url must be as ${example}, got one that is none: write what is special in a password as %40 (@), %23 (#), %2F (/)`,
    ]),
    [{ client: {} }, 'TypeError: client must be one of redis, @redis/client or ioredis, for one server: no cluster, pool or sentinel; got an object'],
    [{ client: null }, 'TypeError: client must be one of redis, @redis/client or ioredis, for one server: no cluster, pool or sentinel; got null'],
    [{ url, client: {} }, 'TypeError: client stands for url and driver: leave them out'],
    [{ url, driver: 'redis' }, "TypeError: driver must be '@redis/client', 'ioredis' or an object with open, got \"redis\""],
    [{ url, driver }, 'TypeError: driver, where it is your own, stands for url and client: leave them out'],
    [{ driver: { close() {} } }, 'TypeError: driver must have open, got an object'],
    [{ url, prefix: 'a*' }, 'TypeError: prefix must be 1 to 100 of A-Z a-z 0-9 _ : . @ / -, got "a*"'],
    [{ url, serverId: '' }, 'TypeError: serverId must be 1 to 100 of A-Z a-z 0-9 _ : . @ / -, got ""'],
    [{ url, onUnavailable: 'queue' }, "TypeError: onUnavailable must be 'reject' or 'local', got \"queue\""],
    [{ url, history: 5 }, 'TypeError: history must be an object, got 5'],
    [{ url, history: { max: 5 } }, 'TypeError: history.max is not an option; known: size, bytes, ttlMs, positionTtlMs'],
    [{ url, history: { size: -1 } }, 'RangeError: history.size must be a whole number from 0 to 9007199254740991, got -1'],
    [{ url, history: { positionTtlMs: 1000 } }, 'RangeError: history.positionTtlMs must be a whole number from 600000 to 9007199254740991, got 1000'],
    [{ url, timeoutMs: '5' }, 'TypeError: timeoutMs must be a number, got "5"'],
    [{ url, probeMs: 0 }, 'RangeError: probeMs must be a whole number from 1 to 2147483647, got 0'],
    [{ url, checkMs: 60_001 }, 'RangeError: checkMs must be a whole number from 1 to 60000, got 60001'],
    [{ url, timeout: 5 }, 'TypeError: options.timeout is not an option; known: url, client, driver, prefix, history, onUnavailable, serverId, timeoutMs, probeMs, checkMs'],
  ])('%j is refused, with what it takes', (options, message) => {
    expect(refusal(options)).toBe(message)
  }) // prettier-ignore

  it.each(['redis://a', 'redis://', 'rediss://u:p%40@a:1/3', 'redis://:p@[::1]:1/'])('%s is a url', (good) => {
    expect(refusal({ url: good })).toBe('none')
  })
})

it.each([
  [undefined, '@redis/client is not installed, which opens the url of Redis: npm install @redis/client'],
  ['ioredis', 'ioredis is not installed, which opens the url of Redis: npm install ioredis'],
  ['@redis/client', '@redis/client is not installed, which opens the url of Redis: npm install @redis/client'],
] as const)('says what to install where %s is not', async (name, message) => {
  // What a mock throws while it is loaded is told as the test runner's own error.
  const missing = (): never => {
    throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  }
  const absent = Object.defineProperties({}, { createClient: { get: missing }, Redis: { get: missing } })
  for (const library of ['@redis/client', 'ioredis']) {
    vi.doMock(library, () => absent)
    onTestFinished(() => {
      vi.doUnmock(library)
    })
  }
  const opening = driverForUrl(url, name).open({ message() {}, lost() {} }, new AbortController().signal)
  await expect(opening).rejects.toThrow(message)
})
