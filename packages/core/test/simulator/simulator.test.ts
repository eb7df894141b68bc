import { describe, expect, it } from 'vitest'

import { findHoles } from './coverage.ts'
import { mutants } from './mutants.ts'
import { simulate } from './simulate.ts'
import { testMutants, testRuns } from './test-runs.ts'

import type { Sabotage } from './stage.ts'

const seeds = 2000
const timeoutMs = 120_000

describe('the whole client against a simulated server', () => {
  const counts = testRuns(simulate, { seeds, perTest: 100 })

  it('every fault is met in every state in which it can occur', () => expect(findHoles(counts)).toEqual([]))
})

testMutants(mutants)

type Fetch = typeof globalThis.fetch

/** Passes a response on with its body changed. */
function withBody(fetch: Fetch, change: () => TransformStream<Uint8Array, Uint8Array>): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    return response.status === 200 ? new Response(response.body?.pipeThrough(change()), response) : response
  }
}

const planted: Record<string, Sabotage> = {
  'a resume that names no last event': {
    wrapFetch: (fetch) => (input, init) => {
      const headers = new Headers(init?.headers)
      headers.delete('Last-Event-ID')
      return fetch(input, { ...init, headers })
    },
  },
  'a request that is not given up when it should be': {
    wrapFetch: (fetch) => (input, init) => fetch(input, { ...init, signal: null }),
  },
  'a second dial for each one': {
    wrapFetch: (fetch) => (input, init) => {
      void fetch(input, init).catch(() => {})
      return fetch(input, init)
    },
  },
  'bytes that are lost on the way': {
    wrapFetch: (fetch) =>
      withBody(fetch, () => {
        let pieces = 0
        return new TransformStream({
          transform: (piece, controller) => {
            if (++pieces % 10 > 0) controller.enqueue(piece)
          },
        })
      }),
  },
  'bytes that come twice': {
    wrapFetch: (fetch) =>
      withBody(fetch, () => {
        let pieces = 0
        return new TransformStream({
          transform(piece, controller) {
            controller.enqueue(piece)
            if (++pieces % 10 === 0) controller.enqueue(piece)
          },
        })
      }),
  },
  'timers that fire too early': {
    wrapClock: (clock) => ({ ...clock, after: (ms, act) => clock.after(ms / 2, act) }),
  },
  'timers that are not cancelled': {
    wrapClock: (clock) => ({
      ...clock,
      after(ms, act) {
        let isCancelled = false
        clock.after(ms, () => isCancelled || act())
        return () => void (isCancelled = true)
      },
    }),
  },
}

describe('a planted fault', () => {
  it.each(Object.entries(planted))(
    'is noticed: %s',
    async (_, sabotage) => {
      let failure: string | undefined
      for (let seed = 1; failure === undefined && seed <= seeds; seed++) ({ failure } = await simulate(seed, sabotage))
      expect(failure).toBeDefined()
    },
    timeoutMs,
  )
})
