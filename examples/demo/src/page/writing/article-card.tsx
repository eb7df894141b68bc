import { useGenerationStream } from '@steadystream/react/presets'
import { Hint } from '../ui/hint.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import { ArticleBlock } from './article-block.tsx'
import { useResult } from './result-context.tsx'

export interface ArticleCardProps {
  /** The document to write; `null` while there is none. */
  readonly docId: string | null
  readonly disabled: boolean
}

/** An article that grows as it is written, with its sources. */
export function ArticleCard({ docId, disabled }: ArticleCardProps) {
  const { result, startDocumentGeneration } = useResult()
  const isOwn = result !== null && result.docId === docId
  const { blocks, isDone, error } = useGenerationStream(isOwn ? result.streamId : null)
  const [write, isBusy] = useAction(startDocumentGeneration)
  const isWriting = isOwn && !isDone && !error
  const words = blocks.reduce((sum, { text }) => sum + text.split(/\s+/).filter(Boolean).length, 0)
  return (
    <Panel
      title="Article"
      className="article"
      aside={
        <button
          type="button"
          className="primary"
          disabled={disabled || docId === null || isBusy || isWriting}
          onClick={() => docId !== null && write(docId)}
        >
          {isOwn && isDone ? 'Write again' : 'Write the article'}
        </button>
      }
    >
      <p className="article-state" role="status">
        {isWriting ? 'Writing' : isDone ? 'Written' : 'Not written yet'} · <span data-fact="words">{words}</span> words
      </p>
      {error && <Hint tone="bad">It cannot be written: {error.message}</Hint>}
      <article aria-busy={isWriting}>
        {blocks.length === 0 && (
          <Hint>
            {docId === null ? 'First the autopilot has to make an outline.' : 'The outline is there. Have it written.'}
          </Hint>
        )}
        {blocks.map((block, index) => (
          <ArticleBlock key={block.blockId} block={block} isGrowing={isWriting && index === blocks.length - 1} />
        ))}
      </article>
    </Panel>
  )
}
