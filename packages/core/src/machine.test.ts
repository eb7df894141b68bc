import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { initialState, transition } from './machine.ts'

import type { ConnectionState, Effect, MachineEvent, MachineState } from './machine.ts'

const events: readonly MachineEvent[] = [
  'start',
  'opened',
  'healthy',
  'progressed',
  'delivered',
  'lost',
  'fatal',
  'completed',
  'retryDue',
  'redial',
  'stop',
]

/** The state that these events lead to. */
function after(...path: MachineEvent[]): MachineState {
  return path.reduce((state, event) => transition(state, event)[0], initialState(2))
}

const states = {
  disconnected: after(),
  connecting: after('start'),
  connected: after('start', 'opened'),
  waiting: after('start', 'lost'),
  redialling: after('start', 'lost', 'retryDue'),
  error: after('start', 'fatal'),
}

/** Every cell: what each state makes of each event; what is missing ignores it. */
const cells: Record<keyof typeof states, Partial<Record<MachineEvent, readonly [ConnectionState, ...Effect[]]>>> = {
  disconnected: { start: ['connecting', 'dial'], redial: ['connecting', 'dial'] },
  connecting: {
    opened: ['connected'],
    lost: ['retrying', 'hangUp', 'scheduleRetry'],
    fatal: ['error', 'hangUp'],
    completed: ['disconnected', 'hangUp'],
    redial: ['retrying', 'hangUp', 'dial'],
    stop: ['disconnected', 'hangUp'],
  },
  connected: {
    opened: ['connected'],
    healthy: ['connected'],
    progressed: ['connected'],
    delivered: ['connected'],
    lost: ['retrying', 'hangUp', 'scheduleRetry'],
    fatal: ['error', 'hangUp'],
    completed: ['disconnected', 'hangUp'],
    redial: ['retrying', 'hangUp', 'dial'],
    stop: ['disconnected', 'hangUp'],
  },
  waiting: {
    retryDue: ['retrying', 'dial'],
    redial: ['retrying', 'hangUp', 'dial'],
    stop: ['disconnected', 'hangUp'],
  },
  redialling: {
    opened: ['connected'],
    lost: ['retrying', 'hangUp', 'scheduleRetry'],
    fatal: ['error', 'hangUp'],
    completed: ['disconnected', 'hangUp'],
    redial: ['retrying', 'hangUp', 'dial'],
    stop: ['disconnected', 'hangUp'],
  },
  error: {
    start: ['connecting', 'dial'],
    redial: ['connecting', 'dial'],
    stop: ['disconnected', 'hangUp'],
  },
}

describe.each(Object.keys(states) as (keyof typeof states)[])('in %s', (name) => {
  it.each(events)('%s leads where the table says', (event) => {
    const state = states[name]
    const [next, ...effects] = transition(state, event)

    expect([next.status, ...effects]).toEqual(cells[name][event] ?? [state.status])
    if (!cells[name][event]) expect(next).toBe(state)
  })
})

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
    const path: MachineEvent[] = ['start', ...rounds(count).slice(0, -1)]
    return path.reduce((state, event) => transition(state, event)[0], unlimited).reason
  })
  expect(reasons).toEqual(['lost', 'lost', 'flapping', 'flapping'])
})

describe('whatever happens', () => {
  const paths = fc.array(fc.constantFrom(...events), { maxLength: 60 })

  it('there is never a second link, a timer left over, or a sixth state', () => {
    fc.assert(
      fc.property(paths, fc.nat(4), (path, maxRetries) => {
        let state = initialState(maxRetries)
        let links = 0
        let timers = 0
        const perform: Record<Effect, () => void> = {
          dial: () => links++,
          hangUp: () => (links = timers = 0),
          scheduleRetry: () => timers++,
        }
        for (const event of path) {
          // A timer fires only where one is set, and is gone then.
          if (event === 'retryDue') {
            if (timers === 0) continue
            timers--
          }
          const [next, ...effects] = transition(state, event)
          for (const effect of effects) perform[effect]()
          state = next
          expect(['connecting', 'connected', 'retrying', 'disconnected', 'error']).toContain(state.status)
          expect(links).toBe(state.hasLink ? 1 : 0)
          expect(timers).toBe(state.status === 'retrying' && !state.hasLink ? 1 : 0)
          expect(state.failures).toBeLessThanOrEqual(maxRetries)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
