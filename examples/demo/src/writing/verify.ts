import { sentencesOf } from '../text/split-text.ts'
import { termsOf } from './search.ts'
import type { Source } from './collection.ts'
import type { Hit } from './search.ts'

/** How much support a statement needs before it is used. */
export const verifyLevels = ['light', 'standard', 'strict'] as const
export type VerifyLevel = (typeof verifyLevels)[number]

/** A statement, and the other texts that speak of the same thing. */
export interface Verified extends Hit {
  readonly support: readonly Source[]
}

/** Other texts that a statement needs at each level. */
const needed: Readonly<Record<VerifyLevel, number>> = { light: 0, standard: 1, strict: 2 }
/** Share of a statement's terms that a sentence elsewhere has to hold for counting as support. */
const overlap = 0.25

/** The hits that enough of the other texts support, with those that do. */
export function verify(hits: readonly Hit[], sources: readonly Source[], level: VerifyLevel): Verified[] {
  return hits.flatMap((hit) => {
    const terms = [...new Set(termsOf(hit.sentence))]
    const support = sources.filter(
      (other) => other.key !== hit.source.key && sentencesOf(other.text).some((sentence) => supports(sentence, terms)),
    )
    return support.length >= needed[level] ? [{ ...hit, support }] : []
  })
}

function supports(sentence: string, terms: readonly string[]): boolean {
  const own = new Set(termsOf(sentence))
  return terms.filter((term) => own.has(term)).length >= Math.max(2, Math.ceil(terms.length * overlap))
}
