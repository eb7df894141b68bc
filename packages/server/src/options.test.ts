import { describe, expect, it } from 'vitest'

import { memoryBackplane } from './backplanes/memory.ts'
import { createRealtime } from './create-realtime.ts'
import { readHistoryOptions, readOptions } from './options.ts'

import type { RealtimeOptions } from './options.ts'

describe('readOptions', () => {
  it('fills in the documented defaults', () => {
    const { limits, heartbeatMs, authenticate, authorize, cors, trustProxy, tokenInQuery } = readOptions({})
    expect({ limits, heartbeatMs, authenticate, authorize, cors, trustProxy, tokenInQuery }).toEqual({
      limits: {
        connections: 10_000,
        connectionsPerUser: 100,
        connectionsPerIp: Number.MAX_SAFE_INTEGER,
        lifetimeMs: 86_400_000,
        handshakeMs: 10_000,
        decisionMs: 30_000,
        channelsPerConnection: 100,
        channels: 100_000,
        commandsPerSecond: 50,
        replaysPerMinute: 600,
        queuedBytes: 1_048_576,
        totalQueuedBytes: 67_108_864,
        stallMs: 30_000,
      },
      heartbeatMs: 15_000,
      authenticate: undefined,
      authorize: undefined,
      cors: undefined,
      trustProxy: 0,
      tokenInQuery: undefined,
    })
    expect(readHistoryOptions({})).toEqual({ size: 1000, bytes: 1_048_576, ttlMs: 600_000, channels: 10_000 })
  })

  it('takes options that are there but undefined for left out', () => {
    expect(readOptions({ history: undefined, limits: { connections: undefined } }).limits.connections).toBe(10_000)
  })

  it.each([
    ['no object', TypeError, 5, 'options must be an object, got 5'],
    ['a misspelt option', TypeError, { heartbeats: {} }, 'options.heartbeats is not an option; known: backplane'],
    ['a misspelt inner option', TypeError, { history: { ttl: 5 } }, 'history.ttl is not an option; known: size'],
    ['history as a number', TypeError, { history: 5 }, 'history must be an object, got 5'],
    [
      'a text for a number',
      TypeError,
      { heartbeat: { intervalMs: '1' } },
      'heartbeat.intervalMs must be a number, got "1"',
    ],
    ['NaN', TypeError, { history: { size: NaN } }, 'history.size must be a number, got NaN'],
    ['a negative number', RangeError, { history: { bytes: -1 } }, 'history.bytes must be a whole number from 0'],
    ['a fraction', RangeError, { limits: { connections: 1.5 } }, 'limits.connections must be a whole number from 1'],
    ['over a timer', RangeError, { heartbeat: { intervalMs: 2 ** 31 } }, 'to 2147483647, got 2147483648'],
    ['an infinite limit', RangeError, { limits: { queuedBytes: Infinity } }, 'got Infinity'],
    ['half a backplane', TypeError, { backplane: { publish() {} } }, 'backplane must have complete, subscribe, read'],
    [
      'history beside a backplane',
      TypeError,
      { backplane: memoryBackplane(), history: {} },
      'history is for the default',
    ],
    ['authorize as a value', TypeError, { authorize: true }, 'authorize must be a function'],
    ['authenticate as a value', TypeError, { authenticate: {} }, 'authenticate must be a function'],
    ['proxies as a yes', TypeError, { trustProxy: true }, 'trustProxy must be a number, got true'],
    ['an empty parameter', TypeError, { tokenInQuery: '' }, 'tokenInQuery must be the name of a query parameter'],
    ['half a logger', TypeError, { logger: { info() {} } }, 'logger must have debug, warn, error, got an object'],
  ])('refuses %s', (_, kind, options, message) => {
    // On purpose what the type forbids.
    const create = () => createRealtime(options as RealtimeOptions)
    expect(create).toThrow(kind)
    expect(create).toThrow(message)
  })
})
