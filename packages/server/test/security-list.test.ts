import { existsSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The rows of `security.md`: the number of each item, and what stands in its last column. */
const rows = Array.from(read('security.md').matchAll(/^\| (\d+) +\|.*\|(.*)\|$/gm), ([, item, where]) => ({
  item: Number(item),
  where: where?.trim() ?? '',
}))

/** `path`: title, as often as a row has it. */
function testsOf(where: string) {
  return Array.from(where.matchAll(/`([\w./-]+)`: ([^·;]+)/g), ([, path, title]) => ({
    path,
    title: title?.trim() ?? '',
  }))
}

function sourceOf(path: string | undefined): string {
  const found = [`../${path}.test.ts`, `../${path}.ts`].find((file) => existsSync(new URL(file, import.meta.url)))
  return found ? read(found) : ''
}

describe('security.md', () => {
  it('has each of the 36 items once', () => {
    expect(rows.map(({ item }) => item)).toEqual(Array.from({ length: 36 }, (_, index) => index + 1))
  })

  it.each(rows)('item $item is tested where it says, or says why not', ({ where }) => {
    const tests = testsOf(where)
    if (tests.length === 0) expect(where).toMatch(/^does not apply: ./)
    for (const { path, title } of tests) expect(sourceOf(path), `${path}: ${title}`).toContain(title)
  })
})

it('security 36: the server depends on two packages, and on Redis clients only where they are used', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(read('../package.json')) as Record<
    'dependencies' | 'peerDependencies' | 'peerDependenciesMeta',
    Record<string, unknown>
  >
  expect(Object.keys(dependencies)).toEqual(['@steadystream/core', 'ws'])
  expect(Object.keys(peerDependencies)).toEqual(['@redis/client', 'ioredis'])
  expect(Object.values(peerDependenciesMeta)).toEqual([{ optional: true }, { optional: true }])
})
