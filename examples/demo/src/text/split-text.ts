/** The words of a text, in lower case; apostrophes and hyphens inside a word stay. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? []
}

/** The sentences of a text, trimmed, without empty ones. A line break ends a sentence, too: scripts are written so. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?…])\s+|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsOf(sentence).length > 0)
}

/** Syllables of an English word, by its groups of vowels: right for nine words in ten, which is enough for a mean. */
export function syllablesOf(word: string): number {
  const groups = word.replace(/(?:[^laeiouy]es|[^laeiouy]e|ed)$/u, '').match(/[aeiouy]+/gu)
  return Math.max(1, groups?.length ?? 0)
}
