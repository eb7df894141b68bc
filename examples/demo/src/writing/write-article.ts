import { createGenerationEvent } from '@steadystream/core/presets'
import { compose, piecesOf } from './compose.ts'
import type { Assignment } from '../runs/assignment.ts'
import type { ArticleDocument } from './compose.ts'

/** Writes a document block by block, as a model would. */
export async function writeArticle(
  document: ArticleDocument,
  { emit, until }: Assignment,
  paceMs: number,
): Promise<void> {
  const blocks = compose(document)
  let sent = 0
  for (const { blockId, text, cites } of blocks) {
    const pieces = piecesOf(text)
    for (const [index, delta] of pieces.entries()) {
      const isLast = index === pieces.length - 1
      // Cites come with the end of their block: until then nobody can tell which it will have.
      await emit(createGenerationEvent({ blockId, delta, ...(isLast && cites.length > 0 && { cites }) }))
      await until((++sent * paceMs) / 5)
    }
  }
  await emit(createGenerationEvent({ blockId: blocks.at(-1)?.blockId ?? '', delta: '', done: true }))
}
