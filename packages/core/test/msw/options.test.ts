import { createEnhancedSSEStream, createStream, createStreamManager, sse } from '@steadystream/core'
import { describe, expect, test } from 'vitest'

import type { EnhancedStreamConfig, StreamHandlers } from '@steadystream/core'

const url = 'https://example.test/a'
const manager = createStreamManager()
const maxTimer = 2 ** 31 - 1

const open = (config: object, handlers: object = {}) =>
  createEnhancedSSEStream(url, handlers as StreamHandlers<unknown>, {
    manager,
    autoStart: false,
    ...(config as EnhancedStreamConfig<unknown>),
  })

/** What `act` throws, as name and message. */
function thrownBy(act: () => unknown): { readonly name: string; readonly message: string } {
  try {
    act()
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message }
  }
  return { name: 'nothing', message: '' }
}

const milliseconds = ['retryDelay', 'minRetryDelay', 'timeout', 'firstByteTimeout', 'linger']

/** Option, least and most of what it takes. */
const numbers: (readonly [string, number, number])[] = [
  ...milliseconds.map((name) => [name, 0, maxTimer] as const),
  ['maxRetryDelay', 1, maxTimer],
  ['heartbeatInterval', 0, Math.floor(maxTimer / 2)],
  ['maxRetries', 0, Infinity],
  ['jitter', 0, 1],
  ['maxEventSize', 1, 2 ** 29],
  ['maxBufferedEvents', 1, Infinity],
  ['maxBufferedSize', 1, Infinity],
]

/** Options that are no numbers, with what each takes and what it does not. */
const others: Record<string, { readonly takes: readonly unknown[]; readonly refuses: readonly unknown[] }> = {
  shouldRetry: { takes: [() => true], refuses: [true, 'yes', 1, {}, null] },
  isComplete: { takes: [() => true], refuses: [true, /x/, null] },
  fetch: { takes: [fetch], refuses: ['fetch', {}, null] },
  retryUnsafe: { takes: [true, false], refuses: ['true', 1, null] },
  reconnectOnClose: { takes: [true, false], refuses: ['false', 0, null] },
  autoStart: { takes: [false], refuses: ['false', 0, null] },
  pool: { takes: [true, false], refuses: ['no', 1, null] },
  id: { takes: ['mine'], refuses: [7, {}, null] },
  poolKey: { takes: ['mine'], refuses: [7, {}, null] },
  method: { takes: ['GET', 'post'], refuses: [7, {}, null] },
  lastEventId: { takes: ['', '7', '€'], refuses: [7, {}, null] },
  from: { takes: ['now', 'start'], refuses: ['begin', 0, null] },
  credentials: { takes: ['omit', 'same-origin', 'include'], refuses: ['yes', true, null] },
  parse: { takes: ['json', 'text', () => 1], refuses: ['xml', {}, null] },
  persist: { takes: [{ get: () => null, set: () => {} }], refuses: ['local', () => {}, null] },
  signal: { takes: [new AbortController().signal], refuses: ['signal', true, null] },
  resumeWith: { takes: ['header', { query: 'since' }], refuses: ['query', 1, null] },
  baseUrl: { takes: ['https://example.test', new URL(url)], refuses: [7, true, null] },
  headers: { takes: [{ a: 'b' }, [['a', 'b']], new Headers(), () => ({})], refuses: [7, true, null] },
  body: { takes: ['a', new URLSearchParams(), () => 'a', null], refuses: [7, true] },
  clock: { takes: [], refuses: ['clock', 1, null] },
}

describe('a number', () => {
  test.each(numbers)('%s takes its bounds and refuses what lies beyond them', (name, least, most) => {
    for (const value of [least, most, undefined])
      expect(thrownBy(() => open({ [name]: value }))).toEqual({ name: 'nothing', message: '' })
    const beyond = [Number.NaN, least - 1, -Infinity, ...(most === Infinity ? [] : [most * 1.1, Infinity])]
    for (const value of beyond) {
      const { name: error, message } = thrownBy(() => open({ [name]: value }))
      expect([error, value]).toEqual(['RangeError', value])
      for (const part of [name, String(value), String(least), String(most)]) expect(message).toContain(part)
    }
  })

  test.each(numbers)('%s refuses what is no number', (name) => {
    for (const value of ['1000', true, null, {}, [], () => 1, 1n]) {
      const { name: error, message } = thrownBy(() => open({ [name]: value }))
      expect([error, value]).toEqual(['TypeError', value])
      expect(message).toContain(name)
      expect(message).toContain('number')
    }
  })

  test.each([...milliseconds, 'heartbeatInterval'])('%s is refused over what a timer can hold', (name) => {
    expect(thrownBy(() => open({ [name]: maxTimer + 1 })).name).toBe('RangeError')
  })
})

describe('an option', () => {
  test.each(Object.entries(others))(
    '%s takes what it should and refuses the rest, by name',
    (name, { takes, refuses }) => {
      for (const value of [...takes, undefined])
        expect([thrownBy(() => open({ [name]: value }).close()), value]).toEqual([
          { name: 'nothing', message: '' },
          value,
        ])
      for (const value of refuses) {
        const { name: error, message } = thrownBy(() => open({ [name]: value }))
        expect([error, value]).toEqual(['TypeError', value])
        expect(message).toContain(name)
      }
    },
  )

  test('shows the value that it refuses, cut where it is long', () => {
    expect(thrownBy(() => open({ from: 'begin' })).message).toContain('"begin"')
    expect(thrownBy(() => open({ from: 'x'.repeat(1000) })).message.length).toBeLessThan(300)
  })

  test('is refused if it is unknown, also one that every object inherits', () => {
    for (const name of ['retries', 'Timeout', 'constructor', 'toString', '__proto__x']) {
      const { name: error, message } = thrownBy(() => open({ [name]: 1 }))
      expect([error, message.includes(name)]).toEqual(['TypeError', true])
    }
  })

  test('is checked by createStream, too', () => {
    expect(() => createStream({ transports: [sse(url)], manager, timeout: -1 })).toThrow(RangeError)
    expect(() => createStream({ transports: [sse(url)], manager, retries: 1 } as never)).toThrow(/retries/)
    for (const transports of [[], undefined, sse(url), [url]])
      expect(() => createStream({ transports, manager } as never)).toThrow(/transports/)
  })
})

describe('a handler', () => {
  test.each(['onData', 'onError', 'onComplete', 'onStateChange', 'onOpen', 'onGap', 'onComment', 'onInvalid'])(
    '%s must be a function',
    (name) => {
      for (const value of [1, 'log', {}, null]) {
        const { name: error, message } = thrownBy(() => open({}, { [name]: value }))
        expect([error, message.includes(name), value]).toEqual(['TypeError', true, value])
      }
      expect(thrownBy(() => open({}, { [name]: undefined })).name).toBe('nothing')
    },
  )

  test('of a named event must be one, too, and an unknown handler is refused', () => {
    expect(thrownBy(() => open({}, { events: { tick: 1 } })).message).toContain('events.tick')
    expect(thrownBy(() => open({}, { events: { tick: () => {} } })).name).toBe('nothing')
    for (const events of [1, 'tick', () => {}])
      expect([thrownBy(() => open({}, { events })).name, events]).toEqual(['TypeError', events])
    expect(thrownBy(() => open({}, { onMessage: () => {} })).message).toContain('onMessage')
  })
})

describe('a request that cannot be made', () => {
  test.each([
    ['relative, with nothing that it is relative to', '/a'],
    ['no URL at all', 'http://'],
    ['of another protocol', 'ftp://example.test/a'],
    ['a script', 'javascript:alert(1)'],
    ['one that holds credentials', 'https://user:secret@example.test/a'],
  ])('is refused at creation: the URL is %s', (_, bad) => {
    const { name, message } = thrownBy(() => createEnhancedSSEStream(bad, {}, { manager }))
    expect([name, message.toLowerCase().includes('url')]).toEqual(['TypeError', true])
    expect(message).not.toContain('secret')
  })

  test.each(['GET', 'get', 'HEAD'])('is refused at creation: %s with a body', (method) => {
    const { name, message } = thrownBy(() => open({ method, body: 'a' }))
    expect([name, /body/.test(message)]).toEqual(['TypeError', true])
    expect(thrownBy(() => open({ method })).name).toBe('nothing')
  })

  test('leaves nothing in the manager', () => {
    thrownBy(() => open({ timeout: -1, autoStart: true }))
    thrownBy(() => createEnhancedSSEStream('/a', {}, { manager }))
    expect(manager.getActiveConnections()).toEqual([])
  })
})
