import { Fragment } from 'react'
import type { GenerationBlock } from '@steadystream/core/presets'

/** A heading or a paragraph; `[keys]` in it are sources, which stand below once the paragraph is whole. */
export function ArticleBlock({ block, isGrowing }: { readonly block: GenerationBlock; readonly isGrowing: boolean }) {
  const { blockId, text, cites } = block
  const heading = /^(#{1,2})\s*(.*)$/s.exec(text)
  const growing = isGrowing ? 'growing' : undefined
  if (heading) {
    const Heading = heading[1] === '#' ? 'h3' : 'h4'
    return (
      <Heading data-block={blockId} className={growing}>
        {heading[2]}
      </Heading>
    )
  }
  return (
    <div data-block={blockId} className="paragraph">
      <p className={growing}>{marked(text)}</p>
      {cites.length > 0 && (
        <ul className="cites" aria-label="Sources">
          {cites.map(({ key, source }) => (
            <li key={key}>
              <b>{key}</b> {source}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** The text with its `[keys]` set apart. */
function marked(text: string) {
  return text.split(/(\[\w+\])/).map((part, index) => {
    const key = /^\[(\w+)\]$/.exec(part)?.[1]
    // Parts only ever come behind those that are there.
    return key === undefined ? <Fragment key={index}>{part}</Fragment> : <sup key={index}>{key}</sup>
  })
}
