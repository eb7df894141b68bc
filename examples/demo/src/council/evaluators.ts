import { grade, weigh } from '../text/grade.ts'
import { hookOf, measure } from '../text/measures.ts'
import { clichesIn } from './cliches.ts'
import type { Script, Verdict } from './script.ts'

/**
 * The four seats of the council. They bear the names of the models that sat there in the system this one replaces; each
 * is a reader of its own here, which measures the text and tells what it found. Nothing is asked of anybody else.
 */
export const seats = ['gemini', 'claude', 'gpt4', 'perplexity'] as const
export type Seat = (typeof seats)[number]

export const evaluators: Readonly<Record<Seat, (script: Script) => Verdict>> = {
  gemini: judgeClarity,
  claude: judgePsychology,
  gpt4: judgeHook,
  perplexity: judgeNovelty,
}

/** Words a speaker gets through in a second: below is slow, above is a rush. */
const speech = [0.8, 1.9, 2.9, 4.2] as const

function judgeClarity({ transcript, seconds }: Script): Verdict {
  const { words, sentences, readingEase, wordsPerSentence, rhythm } = measure(transcript)
  const spoken = seconds === undefined ? undefined : words / seconds
  const score = weigh([
    [grade(readingEase, [10, 65, 100, 140]), 3],
    [grade(wordsPerSentence, [0, 6, 14, 32]), 2],
    [grade(rhythm, [0, 3, 9, 20]), 1],
    ...(spoken === undefined ? [] : [[grade(spoken, speech), 2] as const]),
  ])
  const advice =
    readingEase < 65 ? 'use shorter words' : wordsPerSentence > 14 ? 'make shorter sentences' : 'keep it so'
  return {
    thoughts: [
      `Reading for clarity: ${words} words in ${sentences} sentences.`,
      `A sentence holds ${fixed(wordsPerSentence)} words, give or take ${fixed(rhythm)}.`,
      `Reading ease is ${fixed(readingEase)}; from 65 on it reads easily.`,
      spoken === undefined
        ? 'How long the video lasts is not known, so that the pace is left out.'
        : `Spoken in ${fixed(seconds ?? 0)} s that is ${fixed(spoken)} words a second.`,
    ],
    score,
    reasoning: `Reading ease ${fixed(readingEase)}, ${fixed(wordsPerSentence)} words a sentence: ${advice}.`,
  }
}

function judgePsychology({ transcript }: Script): Verdict {
  const { address, feeling, hedging, words } = measure(transcript)
  const score = weigh([
    [grade(address, [0, 0.05, 0.16, 0.4]), 2],
    [grade(feeling, [0, 0.03, 0.14, 0.4]), 2],
    [grade(hedging, [-1, 0, 0.005, 0.06]), 1],
  ])
  return {
    thoughts: [
      `Reading for the one who watches: ${words} words.`,
      `${percent(address)} of them speak to somebody.`,
      `${percent(feeling)} of them carry a feeling.`,
      `${percent(hedging)} of them take something back.`,
    ],
    score,
    reasoning:
      address < 0.05
        ? `Only ${percent(address)} of the words speak to the viewer: say “you” sooner.`
        : `It speaks to the viewer (${percent(address)}) and carries a feeling (${percent(feeling)}).`,
  }
}

function judgeHook({ transcript }: Script): Verdict {
  const hook = hookOf(transcript)
  const found = [
    hook.asks && 'a question',
    hook.addresses && 'the viewer',
    hook.hasNumber && 'a number',
    hook.turns && 'a turn',
  ].filter((each) => each !== false)
  const score = weigh([
    [grade(hook.words, [0, 3, 11, 28]), 2],
    [hook.words === 0 ? 0 : grade(found.length, [0, 2, 4, 5]), 3],
  ])
  const list = found.length === 0 ? 'none of the four' : found.join(', ')
  return {
    thoughts: [
      `Reading the first sentence alone: “${hook.text.slice(0, 140)}”`,
      `It takes ${hook.words} words, about ${fixed(hook.words / 2.5)} s.`,
      `Looking for a question, the viewer, a number, a turn. Found: ${list}.`,
    ],
    score,
    reasoning: `The first ${hook.words} words hold ${list}.`,
  }
}

function judgeNovelty({ transcript }: Script): Verdict {
  const { variety, density, concrete } = measure(transcript)
  const worn = clichesIn(transcript)
  const score = weigh([
    [grade(variety, [0.3, 0.72, 1, 2]), 2],
    [grade(density, [0.4, 0.9, 1, 2]), 2],
    [grade(concrete, [0, 0.3, 1, 2]), 1],
    [grade(worn.length, [-1, 0, 0, 4]), 2],
  ])
  return {
    thoughts: [
      `Looking for what is new: ${percent(variety)} of the words come once.`,
      `Deflated, the text keeps ${percent(density)} of the length of one that never repeats itself.`,
      `${percent(concrete)} of the sentences name something or count something.`,
      worn.length === 0 ? 'No worn phrase found.' : `Worn phrases: ${worn.map((each) => `“${each}”`).join(', ')}.`,
    ],
    score,
    reasoning:
      worn.length === 0
        ? `No worn phrases; ${percent(concrete)} of the sentences are concrete.`
        : `“${worn[0]}” has been heard before.`,
  }
}

const fixed = (value: number) => String(Math.round(value * 10) / 10)
const percent = (share: number) => `${Math.round(share * 100)} %`
