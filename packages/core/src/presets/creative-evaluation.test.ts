import { describe, expect, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { createCreativeEvaluationEvent, creativeEvaluation } from './creative-evaluation.ts'

const at = '2026-01-01T00:00:00.000Z'
const stage = (name: string, text: string, scores?: Record<string, number>) =>
  createCreativeEvaluationEvent({ stage: name, text, scores, isComplete: !!scores }, at)
const result = { score: 7.5, scores: { clarity: 8, appeal: 7 }, summary: 'good' }
const last = createCreativeEvaluationEvent({ stage: 'complete', result, isComplete: true }, at)

describe('creativeEvaluation', () => {
  it('collects text and scores of each stage, and the result', () => {
    const events = [
      stage('clarity', 'Reading'),
      stage('clarity', 'Reads well', { clarity: 8 }),
      stage('appeal', 'Hm'),
      last,
    ]
    const clarity = { text: 'Reads well', scores: { clarity: 8 } }
    expect(creativeEvaluation.initial).toEqual({ stages: {} })
    expect(reduceAll(creativeEvaluation, events)).toEqual([
      { stages: { clarity: { text: 'Reading' } }, currentStage: 'clarity' },
      { stages: { clarity }, currentStage: 'clarity' },
      { stages: { clarity, appeal: { text: 'Hm' } }, currentStage: 'appeal' },
      { stages: { clarity, appeal: { text: 'Hm' } }, currentStage: 'complete', finalResult: result },
    ])
    expect(events.map((each) => creativeEvaluation.isComplete?.(each))).toEqual([false, false, false, true])
  })

  it('stays the same object for a repeated event', () => {
    const [once, twice, end, ended] = reduceAll(creativeEvaluation, [
      stage('clarity', 'x', { clarity: 8 }),
      stage('clarity', 'x', { clarity: 8 }),
      last,
      { ...last, result: { ...result } },
    ])
    expect(twice).toBe(once)
    expect(ended).toBe(end)
  })

  it('ignores what is malformed', () => {
    const bad = [
      stage('constructor', 'x'),
      stage('__proto__', 'x'),
      { ...stage('clarity', 'x'), text: 1 },
      { ...stage('clarity', 'x'), scores: { clarity: '8' } },
      { ...stage('clarity', 'x'), scores: [8] },
      { ...stage('clarity', 'x'), type: 'alert' },
      { ...last, result: { ...result, scores: null } },
      { ...last, result: { ...result, summary: 1 } },
      { ...last, result: undefined },
    ]
    expect(reduceAll(creativeEvaluation, bad).every((state) => state === creativeEvaluation.initial)).toBe(true)
  })

  it('holds 32 stages', () => {
    const names = Array.from({ length: 33 }, (_, n) => `s${n}`)
    const states = reduceAll(
      creativeEvaluation,
      names.map((name) => stage(name, 'x')),
    )
    expect(Object.keys(states.at(-1)?.stages ?? {})).toEqual(names.slice(0, 32))
  })

  it('has a place, and begins at the start', () => {
    const path = creativeEvaluation.path({ content: 'Buy & win', type: 'script' })
    expect(path).toMatch(/^\/api\/stream\/evaluate-creative\?/)
    expect(Object.fromEntries(new URL(path, 'http://a.test').searchParams)).toEqual({
      content: 'Buy & win',
      type: 'script',
    })
    expect(creativeEvaluation.from).toBe('start')
  })

  it('is typed', () => {
    // @ts-expect-error the result has a summary
    createCreativeEvaluationEvent({ stage: 'complete', result: { score: 1, scores: {} }, isComplete: true })
  })
})
