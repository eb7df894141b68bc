import type { Source } from './collection.ts'
import type { Verified } from './verify.ts'

export interface Section {
  readonly heading: string
  readonly statements: readonly Verified[]
}

export interface Outline {
  readonly title: string
  readonly sections: readonly Section[]
}

const maxSections = 5
const maxStatements = 4
/** A shorter section is only made where there would be too few others. */
const minStatements = 2
const minSections = 3

/** Puts statements into sections by the text that they come from, the best section first. */
export function outlineOf(topic: string, statements: readonly Verified[], useStyle: boolean): Outline {
  const groups = new Map<Source, Verified[]>()
  for (const statement of statements) {
    groups.set(statement.source, [...(groups.get(statement.source) ?? []), statement])
  }
  const ranked = [...groups]
    .map(([source, group]) => ({ source, group, score: group.reduce((sum, { score }) => sum + score, 0) }))
    .sort((a, b) => b.score - a.score)
  const full = ranked.filter(({ group }) => group.length >= minStatements)
  const sections = (full.length >= minSections ? full : ranked).slice(0, maxSections).map(({ source, group }) => ({
    heading: useStyle ? askedAs(source.title) : source.title,
    statements: group
      .slice(0, maxStatements)
      // Within a section the order of the source, in which one sentence leads to the next.
      .sort((a, b) => a.index - b.index),
  }))
  return { title: titleOf(topic), sections }
}

/** The house style asks its headings. */
function askedAs(title: string): string {
  const question = /^(?:how|what|when) /i.test(title) ? title : `What is known of ${lowerFirst(title)}`
  return `${question}?`
}

function titleOf(topic: string): string {
  const trimmed = topic.trim()
  return trimmed.slice(0, 1).toUpperCase() + trimmed.slice(1)
}

export const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1)
