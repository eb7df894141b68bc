import { describe, expect, it } from 'vitest'

import {
  afterFailure,
  afterHealthy,
  afterOpen,
  afterProbe,
  createFallback,
  fallbackKey,
  probeCandidate,
  probeDelayMs,
} from './fallback.ts'

import type { StreamErrorCode } from './errors.ts'
import type { Fallback, FallbackStep } from './fallback.ts'

interface Failure {
  readonly code: StreamErrorCode
  readonly status?: number
  readonly retryable?: boolean
}

const fail = (state: Fallback, { code, status, retryable = true }: Failure, wasOpen = false) =>
  afterFailure(state, { code, status, retryable }, wasOpen)

/** The steps and indices that failures before an open lead to. */
function walk(state: Fallback, ...failures: Failure[]): (readonly [FallbackStep, number])[] {
  return failures.map((failure) => {
    const [next, step] = fail(state, failure)
    state = next
    return [step, state.index]
  })
}

const network: Failure = { code: 'NETWORK' }
const timeout: Failure = { code: 'TIMEOUT' }
const gone: Failure = { code: 'HTTP', status: 404, retryable: false }
const worked = (state: Fallback) => afterHealthy(afterOpen(state))

describe('a failure', () => {
  it.each<[string, Failure]>([
    ['of the content type', { code: 'CONTENT_TYPE', retryable: false }],
    ['of the content type, though it may be tried again', { code: 'CONTENT_TYPE' }],
    ['for want of a body', { code: 'NO_BODY', retryable: false }],
    ['for want of a WebSocket', { code: 'REQUEST', retryable: false }],
    ['to answer in time', timeout],
    ...[404, 405, 406, 415, 426, 501].map((status): [string, Failure] => [
      `with status ${status}`,
      { code: 'HTTP', status, retryable: status > 499 },
    ]),
  ])('%s leads to the next transport at once', (_, failure) => {
    expect(walk(createFallback(3), failure)).toEqual([['next', 1]])
  })

  it.each<[string, Failure]>([
    ['to reach the server', network],
    ['of a function that may be asked again', { code: 'REQUEST' }],
    ['with status 503', { code: 'HTTP', status: 503 }],
    ['with status 403', { code: 'HTTP', status: 403, retryable: false }],
    ['with status 401', { code: 'UNAUTHORIZED', status: 401, retryable: false }],
    ['that the server wanted', { code: 'SERVER_CLOSE' }],
    ['of an unrepeatable request', { code: 'INTERRUPTED', retryable: false }],
  ])('%s leaves the transport', (_, failure) => {
    expect(walk(createFallback(3), failure)).toEqual([['retry', 0]])
  })

  it.each<StreamErrorCode>(['NETWORK', 'HEARTBEAT', 'ENDED', 'SERVER_CLOSE'])(
    'of an open link (%s) leaves the transport, however often',
    (code) => {
      let state = afterOpen(createFallback(2))
      for (let n = 0; n < 10; n++) {
        const [next, step] = fail(state, { code }, true)
        expect(step).toBe('retry')
        state = next
      }
    },
  )

  it('to bring a byte after the headers leads to the next transport, even of one that has worked', () => {
    const [state, step] = fail(worked(createFallback(2)), timeout, true)
    expect([step, state.index]).toEqual(['next', 1])
  })

  it('to reach the server counts the second time in a row', () => {
    expect(walk(createFallback(2), network, network)).toEqual([
      ['retry', 0],
      ['next', 1],
    ])
    expect(walk(createFallback(2, 1), network, network, network, network)).toEqual([
      ['retry', 1],
      ['next', 0],
      ['retry', 0],
      ['again', 0],
    ])
    expect(walk(createFallback(2), network, { code: 'HTTP', status: 503 }, network)).toEqual(
      Array(3).fill(['retry', 0]),
    )
  })

  it.each([network, timeout])('to reach a server that was there counts the third time in a row: $code', (failure) => {
    expect(walk(worked(createFallback(2)), failure, failure, failure)).toEqual([
      ['retry', 0],
      ['retry', 0],
      ['next', 1],
    ])
    const [twice] = fail(fail(worked(createFallback(2)), failure)[0], failure)
    expect(walk(afterOpen(twice), failure)).toEqual([['retry', 0]])
  })
})

describe('going round', () => {
  it('tries each in order, and begins again after the backoff delay', () => {
    expect(walk(createFallback(3), gone, gone, gone, gone)).toEqual([
      ['next', 1],
      ['next', 2],
      ['again', 0],
      ['next', 1],
    ])
  })

  it('begins with the one that is remembered, and comes to those before it', () => {
    expect(walk(createFallback(3, 1), gone, gone, gone)).toEqual([
      ['next', 2],
      ['next', 0],
      ['again', 0],
    ])
  })

  it.each([3, 99])('forgets a remembered one that does not exist: %d', (remembered) => {
    expect(createFallback(3, remembered).index).toBe(0)
  })

  it('goes on where a transport opened without proving healthy, and anew where one did', () => {
    const [second] = fail(createFallback(2), gone)
    expect(walk(afterOpen(second), gone)).toEqual([['again', 0]])
    expect(walk(worked(second), gone)).toEqual([['next', 0]])
  })

  it('has nowhere to go with a single transport', () => {
    expect(walk(createFallback(1), gone, network, network)).toEqual([
      ['again', 0],
      ['retry', 0],
      ['again', 0],
    ])
  })
})

describe('probing', () => {
  it('is for lesser transports', () => {
    expect([0, 1, 2].map((index) => probeCandidate(createFallback(3, index)))).toEqual([undefined, 0, 0])
  })

  it('begins after 30 s, doubles its pauses, and stays under 10 minutes', () => {
    let state = createFallback(2, 1)
    const delays = []
    for (let n = 0; n < 7; n++) {
      delays.push([probeDelayMs(state, 0), probeDelayMs(state, 0.5)])
      state = afterProbe(state, false)
    }
    expect(delays).toEqual([
      [30_000, 37_500],
      [60_000, 75_000],
      [120_000, 150_000],
      [240_000, 300_000],
      [400_000, 500_000],
      [400_000, 500_000],
      [400_000, 500_000],
    ])
  })

  it('takes each better one in its turn, and doubles after the last of them', () => {
    let state = createFallback(3, 2)
    const probed = []
    for (let n = 0; n < 6; n++) {
      probed.push([probeCandidate(state), probeDelayMs(state, 0)])
      state = afterProbe(state, false)
    }
    expect(probed).toEqual([
      [0, 30_000],
      [1, 30_000],
      [0, 60_000],
      [1, 60_000],
      [0, 120_000],
      [1, 120_000],
    ])
  })

  it('takes over what it found', () => {
    const state = afterProbe(afterProbe(createFallback(3, 2), false), true)
    expect([state.index, probeCandidate(state)]).toEqual([1, 0])
  })

  it('begins anew once what it found proved healthy', () => {
    const found = afterProbe(afterProbe(createFallback(2, 1), false), true)
    const [back] = fail(worked(found), timeout, true)
    expect([back.index, probeDelayMs(back, 0)]).toEqual([1, 30_000])
  })

  it('begins anew once the best one proved healthy, however it was come by', () => {
    const [again] = fail(afterProbe(fail(createFallback(2), gone)[0], false), gone)
    const [second] = fail(worked(again), gone)
    expect([again.index, second.index, probeDelayMs(second, 0)]).toEqual([0, 1, 30_000])
  })

  it('grows rarer while what it finds does not last', () => {
    let state = createFallback(2, 1)
    const delays = []
    for (let n = 0; n < 3; n++) {
      delays.push(probeDelayMs(state, 0))
      const [back] = fail(afterProbe(worked(state), true), timeout, true)
      state = back
    }
    expect(delays).toEqual([30_000, 60_000, 120_000])
  })
})

describe('fallbackKey', () => {
  it('is made of names and origins, in order', () => {
    const sse = { name: 'sse', url: 'https://a.test/events/1' }
    const socket = { name: 'websocket', url: 'wss://a.test:8/ws' }
    const dynamic = { name: 'polling', url: '(function)' }
    expect(fallbackKey([sse, socket])).toBe('sse https://a.test,websocket wss://a.test:8')
    expect(fallbackKey([sse, socket])).toBe(fallbackKey([{ ...sse, url: 'https://a.test/events/2' }, socket]))
    const others = [[socket, sse], [sse], [sse, { ...socket, url: 'wss://b.test/ws' }], [sse, dynamic]]
    expect(new Set([[sse, socket], ...others].map(fallbackKey)).size).toBe(5)
  })
})
