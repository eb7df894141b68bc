import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { councilScore, createCouncilScoreEvent } from './council-score.ts'

import type { CouncilScoreParams } from './council-score.ts'

const at = '2026-01-01T00:00:00.000Z'
const thinks = (model: string, thinking: string) =>
  createCouncilScoreEvent({ stage: `${model}_analysis`, model, thinking, isComplete: false }, at)
const judges = (model: string, score: number) =>
  createCouncilScoreEvent(
    { stage: `${model}_analysis`, model, thinking: 'done', score, reasoning: 'strong hook', isComplete: true },
    at,
  )
const finalScore = {
  composite: 82,
  psychology: { composite: 80 },
  hookStrength: { strength: 9 },
  novelty: { composite: 71 },
}
const last = createCouncilScoreEvent({ stage: 'complete', finalScore, isComplete: true }, at)

describe('councilScore', () => {
  it('collects what each model thinks and judges, and the final score', () => {
    const gemini = { thinking: 'done', score: 80, reasoning: 'strong hook' }
    const events = [thinks('gemini', 'watching'), thinks('claude', 'reading'), judges('gemini', 80), last]
    expect(councilScore.initial).toEqual({ stages: {} })
    expect(reduceAll(councilScore, events)).toEqual([
      { stages: { gemini: { thinking: 'watching' } }, currentStage: 'gemini_analysis' },
      {
        stages: { gemini: { thinking: 'watching' }, claude: { thinking: 'reading' } },
        currentStage: 'claude_analysis',
      },
      { stages: { gemini, claude: { thinking: 'reading' } }, currentStage: 'gemini_analysis' },
      { stages: { gemini, claude: { thinking: 'reading' } }, currentStage: 'complete', finalScore },
    ])
    expect(events.map((each) => councilScore.isComplete?.(each))).toEqual([false, false, false, true])
  })

  it('takes a last event without a type', () => {
    const [state] = reduceAll(councilScore, [{ stage: 'complete', finalScore, isComplete: true }])
    expect(state).toEqual({ stages: {}, currentStage: 'complete', finalScore })
  })

  it('stays the same object for a repeated event', () => {
    const [, verdict, again, end, ended] = reduceAll(councilScore, [
      thinks('gemini', 'watching'),
      judges('gemini', 80),
      { ...judges('gemini', 80), timestamp: 'later' },
      last,
      { ...last, finalScore: { ...finalScore } },
    ])
    expect(again).toBe(verdict)
    expect(ended).toBe(end)
  })

  it.each(['__proto__', 'constructor', 'toString'])('takes %s for no model', (model) => {
    const event: unknown = JSON.parse(JSON.stringify({ ...thinks('x', 'y'), model }))
    expect(reduceAll(councilScore, [event])).toEqual([councilScore.initial])
  })

  it('holds 32 models, and still hears those', () => {
    const models = Array.from({ length: 33 }, (_, n) => `m${n}`)
    const states = reduceAll(councilScore, [...models.map((model) => thinks(model, 'x')), judges('m0', 1)])
    expect(Object.keys(states.at(-1)?.stages ?? {})).toEqual(models.slice(0, 32))
    expect(states.at(-2)).toBe(states.at(-3))
    expect(states.at(-1)?.stages['m0']?.score).toBe(1)
  })

  it('ignores what is malformed', () => {
    const bad = [
      { ...thinks('gemini', 'x'), thinking: null },
      { ...judges('gemini', 80), score: '80' },
      { ...judges('gemini', 80), reasoning: {} },
      { ...thinks('gemini', 'x'), stage: 1 },
      { ...thinks('gemini', 'x'), type: 'alert' },
      { ...last, finalScore: { ...finalScore, psychology: null } },
      { ...last, finalScore: { ...finalScore, hookStrength: { strength: '9' } } },
    ]
    expect(reduceAll(councilScore, bad).every((state) => state === councilScore.initial)).toBe(true)
  })

  it('has a place, with the features where there are some, and begins at the start', () => {
    const params = { videoUrl: 'https://a.test/v?x=1&y', transcript: 'Hä & so' }
    const read = (path: string) => Object.fromEntries(new URL(path, 'http://a.test').searchParams)
    expect(councilScore.path(params)).toMatch(/^\/api\/stream\/council-score\?/)
    expect(read(councilScore.path(params))).toEqual(params)
    expect(read(councilScore.path({ ...params, features: 'hook' }))).toEqual({ ...params, features: 'hook' })
    expect(councilScore.from).toBe('start')
  })

  it('is typed', () => {
    expectTypeOf(councilScore.path).parameter(0).toEqualTypeOf<CouncilScoreParams>()
    // @ts-expect-error a final score has four parts
    createCouncilScoreEvent({ stage: 'complete', finalScore: { composite: 1 }, isComplete: true })
  })
})
