import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** The members of the `StreamErrorCode` union, as its source spells them. */
function codesInSource(source: string): string[] {
  const union =
    /type StreamErrorCode\s*=([^]*?)(?=\n\n|\n(?:export|type|interface|const|class|function|\/\*\*)\b)/.exec(
      source,
    )?.[1] ?? ''
  const withoutComments = union.replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
  return [...withoutComments.matchAll(/'([A-Z][A-Z0-9_]*)'/g)].map((match) => match[1] ?? '').sort()
}

/** The codes that have a heading, `## CODE`, with or without backticks. */
function codesInDoc(markdown: string): string[] {
  return [...markdown.matchAll(/^## `?([A-Z][A-Z0-9_]*)`?\s*$/gm)].map((match) => match[1] ?? '').sort()
}

describe('docs/errors.md', () => {
  test('has one heading for each error code, and none for another', () => {
    const codes = codesInSource(readFileSync(join(root, 'packages/core/src/errors.ts'), 'utf8'))
    expect(codes.length).toBeGreaterThan(0)
    expect(codesInDoc(readFileSync(join(root, 'docs/errors.md'), 'utf8'))).toEqual(codes)
  })
})
