import { describe, expect, it } from 'vitest'
import { evaluators, seats } from './evaluators.ts'
import { finalScoreOf } from './final-score.ts'
import { verdictIn } from './remote-evaluator.ts'
import { secondsIn } from './script.ts'

const script = (transcript: string, seconds?: number) => ({ videoUrl: '/v.gif', transcript, seconds })

describe('the local evaluators', () => {
  it.each(seats)('%s gives a score from 0 to 100, with thoughts and a reason, also to an empty text', (seat) => {
    for (const text of ['', 'a', 'Do you know? '.repeat(400)]) {
      const { score, thoughts, reasoning } = evaluators[seat](script(text))
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(100)
      expect(thoughts.length).toBeGreaterThan(2)
      expect(reasoning).not.toBe('')
    }
  })

  it('prefer what they stand for', () => {
    const good = script('Do you lose 3 hours a week? You never have to again. Try it at home.')
    const bad = script(
      'This revolutionary, cutting-edge solution might perhaps possibly be considered somewhat beneficial.',
    )
    for (const seat of seats) expect(evaluators[seat](good).score).toBeGreaterThan(evaluators[seat](bad).score)
  })

  it('judge the pace where it is known how long the video lasts', () => {
    const text = 'We go home now. You come too. It is late.'
    expect(evaluators.gemini(script(text, 1)).score).toBeLessThan(evaluators.gemini(script(text, 4)).score)
  })
})

describe('what a council comes to', () => {
  it('keeps each member’s score, and weighs the hook most', () => {
    const hook = finalScoreOf({ gemini: 0, claude: 0, gpt4: 90, perplexity: 0 })
    const clarity = finalScoreOf({ gemini: 90, claude: 0, gpt4: 0, perplexity: 0 })
    expect(hook).toMatchObject({ hookStrength: { strength: 90 }, novelty: { composite: 0 } })
    expect(hook.composite).toBeGreaterThan(clarity.composite)
  })
})

describe('reading', () => {
  it('finds the duration among the features', () => {
    expect(['vertical, duration=30s', 'duration=12.5', 'duration=x', 'induration=3', ''].map(secondsIn)).toEqual([
      30,
      12.5,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('finds the score of a remote member, and takes no other for one', () => {
    expect(verdictIn('Strong start. It asks.\nSCORE: 81')).toEqual({
      thoughts: ['Strong start. It asks.'],
      score: 81,
      reasoning: 'It asks.',
    })
    expect(() => verdictIn('I cannot say.')).toThrow('no score')
    expect(() => verdictIn('SCORE: 400')).toThrow('no score')
  })
})
