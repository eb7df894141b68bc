import { describe, expect, test } from 'vitest'
import { mockFetch, origin, setUp } from './mocked.ts'

import type { EnhancedStreamConfig } from '@steadystream/core'

mockFetch()

const onData = () => {}

/** Pairs of streams on one URL: what the first sets, and what the second. */
const shared: Record<string, [EnhancedStreamConfig<unknown>, EnhancedStreamConfig<unknown>]> = {
  'with the same URL and nothing else': [{}, {}],
  'with equal static headers, however written': [
    { headers: { 'X-A': '1', 'X-B': '2' } },
    {
      headers: [
        ['x-b', '2'],
        ['x-a', '1'],
      ],
    },
  ],
  'with equal connection options': [
    { maxRetries: Infinity, timeout: 1 },
    { maxRetries: Infinity, timeout: 1 },
  ],
  'with other ways to read the events': [{ parse: 'text' }, { parse: (text) => text.length }],
  'of one poolKey, whatever their request': [
    { poolKey: 'mine', headers: () => ({ 'X-A': '1' }) },
    { poolKey: 'mine', headers: { 'X-B': '1' } },
  ],
  'of one poolKey, though they send a body': [
    { poolKey: 'ask', body: 'a' },
    { poolKey: 'ask', body: 'a' },
  ],
}

const sameFunction = () => true
const headersFunction = () => ({ 'X-A': '1' })

const apart: Record<string, [EnhancedStreamConfig<unknown>, EnhancedStreamConfig<unknown>]> = {
  'other static headers': [{ headers: { 'X-User': 'a' } }, { headers: { 'X-User': 'b' } }],
  'headers in one of them': [{ headers: { 'X-User': 'a' } }, {}],
  'the same function for headers': [{ headers: headersFunction }, { headers: headersFunction }],
  'another credentials mode': [{ credentials: 'include' }, { credentials: 'omit' }],
  'a method other than GET': [{ method: 'POST' }, { method: 'POST' }],
  'a body': [{ body: 'a' }, { body: 'a' }],
  'another way to resume': [{ resumeWith: { query: 'since' } }, {}],
  'another timeout': [{ timeout: 1000 }, {}],
  'another number of retries': [{ maxRetries: 1 }, { maxRetries: Infinity }],
  'another heartbeat': [{ heartbeatInterval: 1000 }, {}],
  'another shouldRetry': [{ shouldRetry: sameFunction }, { shouldRetry: () => true }],
  'another end': [{ isComplete: () => false }, {}],
  'another linger': [{ linger: 5 }, {}],
  'pool: false in one of them': [{ pool: false }, {}],
  'pool: false in both, in spite of a poolKey': [
    { pool: false, poolKey: 'a' },
    { pool: false, poolKey: 'a' },
  ],
  'from the start': [{ from: 'start' }, { from: 'start' }],
  'a place to go on from': [{ lastEventId: '7' }, { lastEventId: '7' }],
  'a place to go on from that is kept somewhere': [
    { persist: { get: () => null, set: () => {} } },
    { persist: { get: () => null, set: () => {} } },
  ],
  'another poolKey': [{ poolKey: 'a' }, { poolKey: 'b' }],
  'a poolKey in one of them': [{ poolKey: 'a' }, {}],
}

describe('streams share a connection', () => {
  test.each(Object.entries(shared))('%s', async (_, [one, another]) => {
    const { open, clock, scripted } = setUp()
    open('/same', { onData }, one)
    open('/same', { onData }, another)
    await clock.advance(0)
    expect([scripted.requests.length, scripted.openConnections]).toEqual([1, 1])
  })

  test('when one is given relative, the other absolute', async () => {
    const { open, clock, scripted } = setUp()
    open('/same')
    open(`${origin}/other/../same`)
    await clock.advance(0)
    expect(scripted.requests).toHaveLength(1)
  })
})

describe('streams do not share a connection', () => {
  test.each(Object.entries(apart))('with %s', async (_, [one, another]) => {
    const { open, clock, scripted } = setUp()
    open('/same', { onData }, one)
    open('/same', { onData }, another)
    await clock.advance(0)
    expect([scripted.requests.length, scripted.openConnections]).toEqual([2, 2])
  })

  test('with another URL, a URL from a function, or another manager', async () => {
    const { open, clock, scripted } = setUp()
    const url = () => `${origin}/same`
    const elsewhere = setUp()
    open('/same')
    open('/same?page=2')
    open(url as never)
    open(url as never)
    elsewhere.open('/same', { onData }, { fetch: scripted.fetch })
    await clock.advance(0)
    await elsewhere.clock.advance(0)
    expect(scripted.requests.length + elsewhere.scripted.requests.length).toBe(5)
  })
})
