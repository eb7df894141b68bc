import { describe, expect, it } from 'vitest'
import { grade, weigh } from './grade.ts'
import { hookOf, measure } from './measures.ts'
import { sentencesOf, syllablesOf, wordsOf } from './split-text.ts'

describe('splitting a text', () => {
  it('finds words, with what belongs inside of them', () => {
    expect(wordsOf('Don’t stop: well-known, 3 of 4!')).toEqual(['don’t', 'stop', 'well-known', '3', 'of', '4'])
  })

  it('ends a sentence at its mark or its line, and counts no empty one', () => {
    expect(sentencesOf('One. Two?\n\nThree… -- \n4')).toEqual(['One.', 'Two?', 'Three…', '4'])
  })

  it('counts syllables', () => {
    expect(['cat', 'water', 'late', 'impossible'].map(syllablesOf)).toEqual([1, 2, 1, 4])
  })
})

describe('measuring a text', () => {
  it('has Flesch’s figure for a text counted by hand', () => {
    // Two sentences of three words, each of one syllable.
    expect(measure('The cat sat. The dog ran.').readingEase).toBeCloseTo(206.835 - 1.015 * 3 - 84.6)
  })

  it('finds long words and sentences harder', () => {
    const easy = measure('We go home now. You come too.')
    const hard = measure(
      'Notwithstanding considerable organisational impediments, administrators necessitated documentation.',
    )
    expect(hard.readingEase).toBeLessThan(easy.readingEase)
  })

  it('sees repetition as less dense than new words', () => {
    const again = measure('We sell shoes. '.repeat(12))
    const fresh = measure(
      'Rivers bend. Mud settles behind dams while salmon climb. Gauges whisper numbers through winter; bridges listen, ' +
        'and somebody far away adjusts a valve before breakfast without ever seeing the valley.',
    )
    expect(again.density).toBeLessThan(fresh.density)
    expect(again.variety).toBeLessThan(fresh.variety)
  })

  it('counts nothing in nothing', () => {
    expect(measure('')).toMatchObject({ words: 0, sentences: 0, readingEase: 0, variety: 0, density: 0 })
  })

  it('reads the first sentence alone for the hook', () => {
    expect(hookOf('Do you waste 3 hours? Never mind.')).toEqual({
      text: 'Do you waste 3 hours?',
      words: 5,
      asks: true,
      addresses: true,
      hasNumber: true,
      turns: false,
    })
  })
})

describe('grading', () => {
  it('is full within the range, and falls to nothing at the ends', () => {
    const range = [0, 4, 8, 10] as const
    expect([-1, 0, 2, 4, 8, 9, 10, 99].map((value) => grade(value, range))).toEqual([0, 0, 50, 100, 100, 50, 0, 0])
  })

  it('weighs', () => {
    expect(
      weigh([
        [100, 3],
        [0, 1],
      ]),
    ).toBe(75)
  })
})
