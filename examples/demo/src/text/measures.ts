import { deflateRawSync } from 'node:zlib'
import { sentencesOf, syllablesOf, wordsOf } from './split-text.ts'

/** What can be counted in a script. Shares are from 0 to 1. */
export interface Measures {
  readonly words: number
  readonly sentences: number
  /** Flesch's reading ease: 100 is very easy, 30 is hard; it may leave that range. */
  readonly readingEase: number
  readonly wordsPerSentence: number
  /** Standard deviation of the sentence lengths: 0 is a drum machine. */
  readonly rhythm: number
  /** Distinct words per word, over the first hundred, so that long texts are not punished. */
  readonly variety: number
  /** Of the words that speak to somebody: you, your, we, our. */
  readonly address: number
  /** Of the words that carry a feeling. */
  readonly feeling: number
  /** Of the words that take something back: maybe, somewhat, probably. */
  readonly hedging: number
  /** Of the sentences that hold a number or a name. */
  readonly concrete: number
  /** Deflated length per length, against a text without repetition: 1 says something new all the time. */
  readonly density: number
}

const variedWords = 100
const address = new Set(['you', 'your', "you're", 'yours', 'we', 'our', 'us', "let's", 'yourself'])
const feelings = new Set(
  (
    'afraid alone angry best better calm care dare dream easy fail fear finally free fresh happy hate help home hope ' +
    'hurt imagine joy laugh lose lost love miss never new proud quiet real safe save secret simple strong surprise ' +
    'tired trust waste win wonder worry wrong'
  ).split(' '),
)
const hedges = new Set(
  'maybe perhaps probably possibly somewhat quite rather fairly basically actually might could seems'.split(' '),
)

/** Counts; a text without words has zeros. */
export function measure(text: string): Measures {
  const words = wordsOf(text)
  const sentences = sentencesOf(text)
  const lengths = sentences.map((sentence) => wordsOf(sentence).length)
  const perWord = words.length === 0 ? 0 : sum(words.map(syllablesOf)) / words.length
  const wordsPerSentence = mean(lengths)
  return {
    words: words.length,
    sentences: sentences.length,
    // Flesch 1948.
    readingEase: words.length === 0 ? 0 : 206.835 - 1.015 * wordsPerSentence - 84.6 * perWord,
    wordsPerSentence,
    rhythm: deviation(lengths),
    variety: share(new Set(words.slice(0, variedWords)).size, Math.min(words.length, variedWords)),
    address: shareIn(words, address),
    feeling: shareIn(words, feelings),
    hedging: shareIn(words, hedges),
    concrete: share(sentences.filter(isConcrete).length, sentences.length),
    density: densityOf(text),
  }
}

/** The same for the words before anybody scrolls on: the first sentence. */
export interface Hook {
  readonly text: string
  readonly words: number
  readonly asks: boolean
  readonly addresses: boolean
  readonly hasNumber: boolean
  readonly turns: boolean
}

export function hookOf(text: string): Hook {
  const first = sentencesOf(text)[0] ?? ''
  const words = wordsOf(first)
  return {
    text: first,
    words: words.length,
    asks: first.endsWith('?'),
    addresses: words.some((word) => address.has(word)),
    hasNumber: /\p{N}/u.test(first),
    turns: words.some((word) => ['but', 'not', 'never', 'stop', 'without', 'until', 'except', 'only'].includes(word)),
  }
}

function isConcrete(sentence: string): boolean {
  // A capital inside the sentence is a name, unless it is the pronoun I.
  return /\p{N}/u.test(sentence) || /\s(?!I\b)\p{Lu}\p{L}+/u.test(sentence)
}

/** English prose of this length deflates to about this share, whatever it says. */
function densityOf(text: string): number {
  const length = Buffer.byteLength(text)
  if (length === 0) return 0
  const usual = 0.42 + 0.9 / Math.sqrt(length / 10 + 1)
  return Math.min(1, deflateRawSync(text).length / length / usual)
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
const shareIn = (words: readonly string[], set: ReadonlySet<string>) =>
  share(words.filter((word) => set.has(word)).length, words.length)

function mean(numbers: readonly number[]): number {
  return share(sum(numbers), numbers.length)
}

function deviation(numbers: readonly number[]): number {
  const middle = mean(numbers)
  return Math.sqrt(mean(numbers.map((each) => (each - middle) ** 2)))
}
