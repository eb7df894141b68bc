import { sentencesOf, wordsOf } from '../text/split-text.ts'
import type { Source } from './collection.ts'

/** A sentence of a source, and how well it fits what was searched for. */
export interface Hit {
  readonly source: Source
  readonly sentence: string
  /** Place among the sentences of its source. */
  readonly index: number
  readonly score: number
}

/** BM25's usual constants: how soon a repeated word stops counting, and how much length matters. */
const saturation = 1.2
const lengthPenalty = 0.75
/** A sentence of a fitting text fits better: this part of the text's score is added to that of the sentence. */
const contextShare = 0.35

const stopWords = new Set(
  (
    'a about all an and are as at be been but by for from had has have how if in into is it its may not of on or so some ' +
    'than that the their them then there these they this to was what when where which who why will with'
  ).split(' '),
)

/** The words of a text that mean something, without common endings: `flooding`, `floods` and `flood` are one. */
export function termsOf(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !stopWords.has(word))
    .map(stemOf)
}

/**
 * The sentences of a collection that fit a query, best first: Okapi BM25 over sentences, with a share of the score that
 * the whole text has, so that a sentence whose neighbours fit is found before one that fits by accident.
 */
export function search(query: string, sources: readonly Source[], limit = 24): Hit[] {
  const terms = [...new Set(termsOf(query))]
  const texts = sources.map((source) => ({ source, terms: termsOf(`${source.title} ${source.text}`) }))
  const sentences = sources.flatMap((source) =>
    sentencesOf(source.text).map((sentence, index) => ({ source, sentence, index, terms: termsOf(sentence) })),
  )
  const rateText = createRating(texts.map((each) => each.terms))
  const rateSentence = createRating(sentences.map((each) => each.terms))
  const textScores = new Map(texts.map((each) => [each.source.key, rateText(each.terms, terms)]))
  return sentences
    .map(({ source, sentence, index, terms: own }) => {
      const score = rateSentence(own, terms)
      return {
        source,
        sentence,
        index,
        score: score === 0 ? 0 : score + contextShare * (textScores.get(source.key) ?? 0),
      }
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.source.key.localeCompare(b.source.key) || a.index - b.index)
    .slice(0, limit)
}

function createRating(documents: readonly (readonly string[])[]) {
  const meanLength = documents.reduce((sum, each) => sum + each.length, 0) / Math.max(1, documents.length)
  const rarity = (term: string) => {
    const holders = documents.filter((each) => each.includes(term)).length
    return Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5))
  }
  const rarities = new Map<string, number>()
  return (document: readonly string[], terms: readonly string[]): number =>
    terms.reduce((score, term) => {
      const count = document.filter((each) => each === term).length
      if (count === 0) return score
      const weight = rarities.get(term) ?? rarity(term)
      rarities.set(term, weight)
      const norm = saturation * (1 - lengthPenalty + (lengthPenalty * document.length) / meanLength)
      return score + (weight * count * (saturation + 1)) / (count + norm)
    }, 0)
}

/** Takes off what English puts behind a word; short words stay as they are. */
function stemOf(word: string): string {
  if (word.length <= 3) return word
  const stem = word.replace(/(?:ies)$/u, 'y').replace(/(?:ing|ed|es|s)$/u, '')
  return stem.length >= 3 ? stem.replace(/e$/u, '') : word
}
