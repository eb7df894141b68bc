import { describe, expect, test } from 'vitest'

import { createManualClock, createScriptedStream } from '../../src/testing/index.ts'
import { record } from './record.ts'

import type { EnhancedStreamConfig } from '../../src/index.ts'

const address = 'http://stream.test/'
const boom = new Error('boom')

type Provider = () => never | Promise<never>
type Place = (provider: Provider) => readonly [string | (() => string | Promise<string>), EnhancedStreamConfig<string>]

/** Fails the first two times, then gives `value`. */
function healing<T>(fail: () => T | Promise<T>, value: T): () => T | Promise<T> {
  let calls = 0
  return () => (++calls <= 2 ? fail() : value)
}

const failures: readonly (readonly [string, Provider])[] = [
  [
    'throws',
    () => {
      throw boom
    },
  ],
  ['rejects', () => Promise.reject(boom)],
]

const places: Record<string, Place> = {
  url: (fail) => [healing<string>(fail, address), {}],
  headers: (fail) => [address, { headers: healing<HeadersInit>(fail, {}) }],
  body: (fail) => [address, { body: healing<BodyInit>(fail, 'a') }],
}

describe.each(Object.entries(places))('a function for %s', (_, place) => {
  test.each(failures)('trap 30: that %s is a failed attempt', async (__, fail) => {
    const server = createScriptedStream()
    const clock = createManualClock()
    const [url, config] = place(fail)
    const { failures: told, errors, states } = record(url, { ...config, fetch: server.fetch, clock, retryUnsafe: true })
    await clock.advance(1000)
    expect(told).toEqual(['REQUEST retried', 'REQUEST retried'])
    expect(errors.map(({ cause }) => cause)).toEqual([boom, boom])
    expect(states.at(-1)).toBe('connected opened')
    expect(server.requests).toHaveLength(1)
  })

  test('trap 30: that never settles meets the timeout', async () => {
    const server = createScriptedStream()
    const clock = createManualClock()
    const [url, config] = place(() => new Promise<never>(() => {}))
    const options = { ...config, fetch: server.fetch, clock, timeout: 100, retryUnsafe: true }
    const { failures: told, states } = record(url, options)
    await clock.advance(1000)
    expect(told).toEqual(['TIMEOUT retried', 'TIMEOUT retried'])
    expect(states.at(-1)).toBe('connected opened')
  })

  test('that settles after close() starts nothing', async () => {
    const server = createScriptedStream()
    const clock = createManualClock()
    let settle = () => {}
    const [url, config] = place(() => new Promise<never>((_resolve, reject) => (settle = () => reject(boom))))
    const { stream, failures: told } = record(url, { ...config, fetch: server.fetch, clock, linger: 0 })
    await clock.advance(0)
    stream.close()
    settle()
    await clock.advance(1000)
    expect([told, server.requests.length, clock.pending]).toEqual([[], 0, 0])
  })
})

test.each(['not a url', 'ftp://host.test', '/relative', 'http://u:p@host.test'])(
  'a url function that gives %j makes a failed attempt',
  async (bad) => {
    const server = createScriptedStream()
    const clock = createManualClock()
    const { failures: told } = record(() => bad, { fetch: server.fetch, clock, maxRetries: 0 })
    await clock.advance(0)
    expect(told).toEqual(['REQUEST final'])
    expect(server.requests).toHaveLength(0)
  },
)

test('a headers function that gives a header no request can carry makes a failed attempt', async () => {
  const server = createScriptedStream()
  const clock = createManualClock()
  const headers = () => ({ 'X-Token': 'a\nb' })
  const { failures: told } = record(address, { headers, fetch: server.fetch, clock, maxRetries: 0 })
  await clock.advance(0)
  expect(told).toHaveLength(1)
  expect(server.requests).toHaveLength(0)
})
