import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { after, apply, words } from '../test/support/machine-words.ts'
import { initialState, isOver } from './machine.ts'

import type { Word } from '../test/support/machine-words.ts'
import type { Effect, MachineState } from './machine.ts'

describe('the two counters', () => {
  const counters = ({ attempt, failures, doublings }: MachineState) => ({ attempt, failures, doublings })

  it('grow with each link that brought nothing', () => {
    expect(counters(after('start', 'lost', 'retryDue', 'lost'))).toEqual({ attempt: 2, failures: 2, doublings: 2 })
  })

  it('begin anew once the link has proved healthy', () => {
    expect(counters(after('start', 'lost', 'retryDue', 'opened', 'healthy'))).toEqual({
      attempt: 0,
      failures: 0,
      doublings: 0,
    })
    expect(counters(after('start', 'lost', 'retryDue', 'opened', 'healthy', 'lost'))).toEqual({
      attempt: 1,
      failures: 1,
      doublings: 0,
    })
  })

  it('keep the delay, and forgive the failures, where the link ended after the cursor moved', () => {
    const state = after('start', 'lost', 'retryDue', 'lost', 'retryDue', 'opened', 'progressed', 'delivered', 'lost')
    expect(counters(state)).toEqual({ attempt: 3, failures: 1, doublings: 2 })
  })

  it('grow the delay, and forgive the failures, for events without ids', () => {
    const state = after('start', 'lost', 'retryDue', 'opened', 'delivered', 'lost')
    expect(counters(state)).toEqual({ attempt: 2, failures: 1, doublings: 2 })
  })

  it('give up after maxRetries in a row that brought nothing', () => {
    const state = after('start', 'lost', 'retryDue', 'lost', 'retryDue', 'lost')
    expect([state.status, state.reason]).toEqual(['error', 'max-retries'])
  })
})

it('names flapping once three links in a row opened and brought nothing', () => {
  const rounds = (count: number) => Array.from({ length: count }, () => ['opened', 'lost', 'retryDue'] as const).flat()
  const unlimited = { ...initialState(Infinity) }
  const reasons = [1, 2, 3, 4].map((count) => {
    const path: Word[] = ['start', ...rounds(count).slice(0, -1)]
    return path.reduce((state, word) => apply(state, word)[0], unlimited).reason
  })
  expect(reasons).toEqual(['lost', 'lost', 'flapping', 'flapping'])
})

describe('pauses', () => {
  it('hold the stream until the last of them is gone, and show the oldest as the reason', () => {
    const path: Word[] = ['start', 'opened', 'pause frozen', 'pause hidden', 'resume frozen', 'resume hidden']
    const seen = path.map((_, i) => after(...path.slice(0, i + 1))).map(({ status, reason }) => [status, reason])
    expect(seen).toEqual([
      ['connecting', 'started'],
      ['connected', 'opened'],
      ['retrying', 'frozen'],
      ['disconnected', 'frozen'],
      ['disconnected', 'hidden'],
      ['connecting', 'resumed'],
    ])
  })

  it('never count as failures', () => {
    const { attempt, failures } = after('start', 'lost', 'retryDue', 'pause offline', 'lost', 'retryDue', 'lost')
    expect({ attempt, failures }).toEqual({ attempt: 1, failures: 1 })
  })

  it('that end while a revived stream waits are over', () => {
    const { pauses } = after(
      'start',
      'lost',
      'retryDue',
      'lost',
      'retryDue',
      'lost',
      'pause offline',
      'hint',
      'resume offline',
    )
    expect(pauses).toEqual([])
  })

  it('that are in place before the start keep it from dialling, all but being offline', () => {
    expect(apply(after('pause frozen'), 'start').slice(1)).toEqual([])
    expect(apply(after('pause offline'), 'start').slice(1)).toEqual(['dial'])
  })
})

describe('whatever happens', () => {
  const paths = fc.array(fc.constantFrom(...words), { maxLength: 60 })

  it('there is never a second link, a timer left over, or a sixth state', () => {
    fc.assert(
      fc.property(paths, fc.nat(4), (path, maxRetries) => {
        let state = initialState(maxRetries)
        let links = 0
        let hasTimer = false
        const perform: Record<Effect, () => unknown> = {
          dial: () => links++,
          dialWhenDue: () => (hasTimer = true),
          hangUp: () => ((links = 0), (hasTimer = false)),
          scheduleRetry: () => (hasTimer = true),
          hasten: () => (hasTimer = true),
          lookAgain: () => (hasTimer = true),
          verify: () => expect(state.status).toBe('connected'),
        }
        for (const word of path) {
          // A timer fires only where one is set, and is gone then.
          if (word === 'retryDue') {
            if (!hasTimer) continue
            hasTimer = false
          }
          const [next, ...effects] = apply(state, word)
          for (const effect of effects) perform[effect]()
          state = next
          const { status, reason, pauses, hasLink } = state
          const isOffline = pauses.every((each) => each === 'offline')
          expect(['connecting', 'connected', 'retrying', 'disconnected', 'error']).toContain(status)
          expect(links).toBe(hasLink ? 1 : 0)
          // Whatever does not dial has a timer, or a pause that will end; and nobody dials during one.
          expect(hasTimer).toBe(!hasLink && !isOver(state) && isOffline)
          if (hasTimer && pauses.length) expect(['offline', 'revived']).toContain(reason)
          expect(state.failures).toBeLessThanOrEqual(maxRetries)
        }
      }),
      { numRuns: 5000 },
    )
  })
})
