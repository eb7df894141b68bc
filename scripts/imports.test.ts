import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { coreLayers, coreNever, maxFileLines, packageRules, transportContract, transportParts } from './import-rules.ts'
import { findCycle, importsOf, readImports, sourceFiles } from './imports.ts'
import type { Import } from './imports.ts'

const packages = join(import.meta.dirname, '../packages')
const src = (name: string): string => join(packages, name, 'src')
const show = ({ from, to }: Import): string => `${from} -> ${to}`

describe.each(Object.entries(packageRules))('packages/%s/src', (name, rule) => {
  const imports = readImports(src(name))

  test('stays inside itself: no file of another package, no test', () => {
    const strays = imports.filter(({ to, relative }) => relative && (to.startsWith('../') || /\.test\.tsx?$/.test(to)))
    expect(strays.map(show)).toEqual([])
  })

  test('imports only packages that it declares, and of ours only the entries it may', () => {
    const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')) as Manifest
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const allowed = (specifier: string): boolean => {
      if (specifier.startsWith('node:')) return rule.node
      if (specifier.startsWith('@steadystream/')) return rule.ours.some((entry) => entry === specifier)
      return declared.some((dependency) => specifier === dependency || specifier.startsWith(`${dependency}/`))
    }
    expect(imports.filter(({ to, relative }) => !relative && !allowed(to)).map(show)).toEqual([])
  })

  test('has no runtime import cycle', () => {
    expect(findCycle(imports)).toBeUndefined()
  })

  test(`has no file past ${maxFileLines} lines`, () => {
    const lines = (file: string): number => readFileSync(join(src(name), file), 'utf8').split('\n').length - 1
    expect(sourceFiles(src(name)).filter((file) => lines(file) > maxFileLines)).toEqual([])
  })
})

describe('the layers of packages/core/src', () => {
  const imports = readImports(src('core')).filter(({ relative }) => relative)

  test('know every file', () => {
    const unknown = sourceFiles(src('core')).filter((file) => layerOf(file) < 0)
    expect(unknown, 'add these files to a layer in scripts/import-rules.ts').toEqual([])
  })

  test('import downwards only', () => {
    const upwards = imports.filter(({ from, to, typeOnly }) => !typeOnly && layerOf(to) > layerOf(from))
    expect(upwards.map(show)).toEqual([])
  })

  test.each(coreNever)('$why', ({ from, to }) => {
    const broken = imports.filter(
      (arrow) => from.test(arrow.from) && to.test(arrow.to) && arrow.to !== transportContract,
    )
    expect(broken.map(show)).toEqual([])
  })

  test('no transport knows another', () => {
    const between = imports.filter(({ from, to }) => {
      const both = from.startsWith('transports/') && to.startsWith('transports/')
      const isShared = to === transportContract || transportParts.includes(to)
      return both && !isShared && transportOf(from) !== transportOf(to)
    })
    expect(between.map(show)).toEqual([])
  })
})

describe('reading imports', () => {
  test('finds every form, and says which are erased', () => {
    const text = `
      import { a } from './a.ts'
      import type { B } from '../b.ts'
      export { c } from 'c'
      export type { D } from './d.ts'
      const e = await import('./e.ts')
      type F = import('./f.ts').F`
    expect(importsOf('x/y.ts', text).map(({ to, typeOnly }) => [to, typeOnly])).toEqual([
      ['x/a.ts', false],
      ['b.ts', true],
      ['c', false],
      ['x/d.ts', true],
      ['x/e.ts', false],
      ['x/f.ts', true],
    ])
  })

  test('names a runtime cycle, and none where a type closes it', () => {
    const arrow = (from: string, to: string, typeOnly = false): Import => ({ from, to, relative: true, typeOnly })
    expect(findCycle([arrow('a', 'b'), arrow('b', 'c'), arrow('c', 'b')])).toEqual(['b', 'c', 'b'])
    expect(findCycle([arrow('a', 'b'), arrow('b', 'a', true)])).toBeUndefined()
  })
})

interface Manifest {
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

/** Index into `coreLayers`, -1 where no layer names the file. */
function layerOf(file: string): number {
  const matches = (at: string): boolean => (at.endsWith('/') ? file.startsWith(at) : file === `${at}.ts`)
  return coreLayers.findIndex(({ at }) => at.some(matches))
}

/** `sse` for transports/sse-decoder.ts. */
function transportOf(file: string): string | undefined {
  return /^transports\/([^-.]+)/.exec(file)?.[1]
}
