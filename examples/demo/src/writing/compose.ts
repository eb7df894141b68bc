import { lowerFirst } from './outline.ts'
import type { Cite } from '@steadystream/core/presets'
import type { Outline } from './outline.ts'
import type { Verified } from './verify.ts'

/** One block of an article: what is sent piece by piece. */
export interface Block {
  readonly blockId: string
  readonly text: string
  readonly cites: readonly Cite[]
}

export interface ArticleDocument {
  readonly docId: string
  readonly outline: Outline
  readonly useStyle: boolean
}

/** Writes an article along its outline; headings are blocks of their own, marked as in Markdown. */
export function compose({ outline, useStyle }: ArticleDocument): readonly Block[] {
  const sources = new Set(outline.sections.flatMap(({ statements }) => statements.map(({ source }) => source.key)))
  const opening = useStyle
    ? `This is what ${sources.size} texts of the collection say on the question, in short.`
    : `This article draws on ${sources.size} texts of the collection.`
  const blocks: Block[] = [
    { blockId: 'title', text: `# ${outline.title}`, cites: [] },
    { blockId: 'opening', text: opening, cites: [] },
  ]
  outline.sections.forEach(({ heading, statements }, index) => {
    const number = index + 1
    blocks.push({ blockId: `section-${number}`, text: `## ${heading}`, cites: [] })
    blocks.push({
      blockId: `section-${number}-text`,
      text: statements.map((statement, place) => sentenceOf(statement, place, useStyle)).join(' '),
      cites: citesOf(statements),
    })
  })
  return blocks
}

function sentenceOf({ sentence, source, support }: Verified, place: number, useStyle: boolean): string {
  const keys = [source, ...support.slice(0, 2)].map(({ key }) => `[${key}]`).join('')
  const text = sentence.replace(/[.!?]$/u, '')
  const joined = useStyle && place > 0 ? `And ${lowerFirst(text)}` : text
  return `${joined} ${keys}.`
}

function citesOf(statements: readonly Verified[]): Cite[] {
  const sources = new Map(
    statements.flatMap(({ source, support }) => [source, ...support.slice(0, 2)].map((each) => [each.key, each])),
  )
  return [...sources.values()].map(({ key, title, kind }) => ({ key, source: `${title} (${kind})` }))
}

/** A text in pieces of a few words, as a model sends it; put together they are the text. */
export function piecesOf(text: string, wordsPerPiece = 3): string[] {
  const words = text.match(/\S+\s*/gu) ?? []
  const pieces: string[] = []
  for (let at = 0; at < words.length; at += wordsPerPiece) pieces.push(words.slice(at, at + wordsPerPiece).join(''))
  return pieces
}
