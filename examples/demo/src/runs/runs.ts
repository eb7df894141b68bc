import { createHash } from 'node:crypto'
import { isFresh } from './known-works.ts'
import type { Requests } from './work.ts'
import type { Works } from './works.ts'

/** Work that is begun by the request that asks for it: a second viewer with the same question sees the same answer. */
export interface Runs {
  /**
   * The channel of a run for this question: the one under way or just over, else a new one.
   * @param resumes whether the request goes on with a run that it has seen a part of.
   */
  open<Type extends 'council_score' | 'creative_evaluation'>(
    type: Type,
    question: Requests[Type],
    resumes: boolean,
  ): Promise<{ readonly type: Type; readonly id: string }>
}

export function createRuns(works: Works): Runs {
  return {
    async open(type, question, resumes) {
      // A hash of the question names the run: it goes into logs, where questions do not belong.
      const key = `${type}_${createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 16)}`
      const known = await works.findByKey(key)
      const goesOn = known && (resumes || isFresh(known, Date.now()))
      return { type, id: goesOn ? known.id : await works.begin(type, question, key, key) }
    },
  }
}
