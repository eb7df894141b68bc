import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { autopilot, createAutopilotEvent } from './autopilot.ts'

import type { AutopilotStep } from './autopilot.ts'

const stats = { hits: 12, verified: 7, sections: 0 }

describe('autopilot', () => {
  it('goes through its steps, and keeps what was found', () => {
    const outlined = { ...stats, sections: 4 }
    const events = [
      { step: 'search', progress: 10, message: 'searching' },
      { step: 'strategy', progress: 40, stats },
      { step: 'outline', progress: 80, stats: outlined, message: 'writing' },
      { step: 'done', progress: 100, docId: 'doc_1' },
    ]
    expect(autopilot.initial).toEqual({ progress: 0 })
    expect(reduceAll(autopilot, events)).toEqual([
      { step: 'search', progress: 10, message: 'searching' },
      { step: 'strategy', progress: 40, stats },
      { step: 'outline', progress: 80, stats: outlined, message: 'writing' },
      { step: 'done', progress: 100, stats: outlined, docId: 'doc_1' },
    ])
  })

  it('stays the same object for an event that changes nothing', () => {
    const [once, twice] = reduceAll(autopilot, [
      { step: 'strategy', progress: 40, stats, docId: 'doc_1' },
      { step: 'strategy', progress: 40, stats: null, timestamp: 'later' },
    ])
    expect(twice).toBe(once)
  })

  it('keeps progress within 0 and 100', () => {
    const states = reduceAll(
      autopilot,
      [-1, 101].map((progress) => ({ step: 'search', progress })),
    )
    expect(states.map(({ progress }) => progress)).toEqual([0, 100])
  })

  it('ignores what is malformed', () => {
    const good = { step: 'search', progress: 10 }
    const bad = [{ step: 'dance' }, { progress: '10' }, { stats: { hits: 1 } }, { docId: 7 }, { message: {} }]
    const states = reduceAll(
      autopilot,
      bad.map((each) => ({ ...good, ...each })),
    )
    expect(states.every((state) => state === autopilot.initial)).toBe(true)
  })

  it('completes with done, and fails with error', () => {
    const at = (step: AutopilotStep, message?: string) => createAutopilotEvent({ step, progress: 0, message })
    expect((['search', 'done', 'error'] as const).map((step) => autopilot.isComplete?.(at(step)))).toEqual([
      false,
      true,
      false,
    ])
    const failures = [at('search', 'hm'), at('done', 'yes'), at('error', 'no sources'), at('error'), at('error', '')]
    expect(failures.map((each) => autopilot.failure?.(each))).toEqual([
      undefined,
      undefined,
      'no sources',
      'task failed',
      'task failed',
    ])
  })

  it('has a place, and begins at the start', () => {
    expect(autopilot.path({ taskId: 'a&b' })).toBe('/api/autopilot/stream?taskId=a%26b')
    expect(autopilot.from).toBe('start')
  })

  it('is typed', () => {
    expectTypeOf<AutopilotStep>().toEqualTypeOf<'search' | 'strategy' | 'outline' | 'done' | 'error'>()
    // @ts-expect-error there is no such step
    expect(createAutopilotEvent({ step: 'dance', progress: 0 }).timestamp).toMatch(/^\d{4}-.*Z$/)
  })
})
