import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Plugin } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const name = /([\w-]+\.md)\.(\d+)\.sample\.ts$/

/** The TypeScript samples of a document, as they stand in it. */
export function samplesOf(document: string): string[] {
  const markdown = readFileSync(`${root}docs/${document}`, 'utf8')
  return [...markdown.matchAll(/^```ts[ \t]*\n([^]*?)^```/gm)].map(([, text = '']) => text)
}

/** Lets a test import a sample, which is no file, as `testing.md.0.sample.ts`; it pretends to lie in docs. */
export function runDocSamples(): Plugin {
  return {
    name: 'doc-samples',
    enforce: 'pre',
    resolveId: (id) => (name.test(id) ? `${root}docs/${id.replace(/^.*\//, '')}` : undefined),
    load(id) {
      const [, document, number] = name.exec(id) ?? []
      return document === undefined ? undefined : samplesOf(document)[Number(number)]
    },
  }
}
