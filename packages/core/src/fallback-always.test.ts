import { array, assert, boolean, constantFrom, integer, oneof, property, record, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  afterFailure,
  afterHealthy,
  afterOpen,
  afterProbe,
  createFallback,
  probeCandidate,
  probeDelayMs,
} from './fallback.ts'

import type { StreamErrorCode } from './errors.ts'

describe('whatever happens', () => {
  const failure = record({
    code: constantFrom<StreamErrorCode>('NETWORK', 'TIMEOUT', 'HEARTBEAT', 'ENDED', 'HTTP', 'CONTENT_TYPE', 'NO_BODY', 'REQUEST', 'SERVER_CLOSE', 'UNAUTHORIZED'), // prettier-ignore
    status: constantFrom(404, 426, 500, 503, 403),
    retryable: boolean(),
    wasOpen: boolean(),
  })
  const happening = oneof(failure, constantFrom('opened', 'healthy', 'probed', 'found'))
  const run = tuple(integer({ min: 1, max: 5 }), integer({ min: 0, max: 6 }), array(happening, { maxLength: 60 }))

  it('stays among its transports, dials no more of them at once than there are, and changes no state', () => {
    assert(
      property(run, ([count, remembered, happenings]) => {
        let state = createFallback(count, remembered)
        let atOnce = 0
        for (const each of happenings) {
          const before = structuredClone(state)
          const from = Object.freeze(state)
          if (typeof each === 'object') {
            const [next, step] = afterFailure(from, each, each.wasOpen)
            if (step === 'retry') expect(next.index).toBe(from.index)
            if (step === 'next' && count > 1) expect(next.index).toBe((from.index + 1) % count)
            if (step === 'again') expect(next.index).toBe(0)
            atOnce = step === 'next' ? atOnce + 1 : step === 'again' ? 0 : atOnce
            expect(atOnce).toBeLessThan(count)
            state = next
          } else if (each === 'opened') state = afterOpen(from)
          else if (each === 'healthy') {
            state = afterHealthy(from)
            atOnce = 0
          } else if (probeCandidate(from) !== undefined) {
            state = afterProbe(from, each === 'found')
            expect(state.index).toBe(each === 'found' ? probeCandidate(from) : from.index)
          }
          expect(from).toEqual(before)
          expect(state.index >= 0 && state.index < count).toBe(true)
          const candidate = probeCandidate(state)
          expect(candidate === undefined ? state.index : candidate < state.index).toBe(
            candidate === undefined ? 0 : true,
          )
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('probes every better transport within as many probes as there are', () => {
    assert(
      property(integer({ min: 1, max: 6 }), integer({ min: 0, max: 20 }), (index, earlier) => {
        let state = createFallback(index + 1, index)
        for (let n = 0; n < earlier; n++) state = afterProbe(state, false)
        const probed = new Set<number | undefined>()
        for (let n = 0; n < index; n++) {
          probed.add(probeCandidate(state))
          state = afterProbe(state, false)
        }
        expect(probed.size).toBe(index)
      }),
    )
  })

  it('waits from 30 s to 10 minutes before a probe, and never less than before the last', () => {
    assert(
      property(integer({ min: 1, max: 6 }), integer({ min: 0, max: 999 }), (index, thousandths) => {
        const random = thousandths / 1000
        let state = createFallback(index + 1, index)
        let last = 30_000
        for (let n = 0; n < 100; n++) {
          const delay = probeDelayMs(state, random)
          expect(delay >= last && delay <= 600_000).toBe(true)
          last = delay
          state = afterProbe(state, false)
        }
      }),
    )
  })
})
