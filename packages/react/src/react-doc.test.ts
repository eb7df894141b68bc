import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const doc = readFileSync('docs/react.md', 'utf8')
const block = /^```tsx\n(.*?)^```/gms
const samples = [...doc.matchAll(block)].map(([, code = '']) => code)
/** Words of what stands in backticks. */
const named = new Set([...doc.replace(block, '').matchAll(/`[^`\n]+`/g)].flatMap(([code]) => code.match(/\w+/g) ?? []))

const folder = 'packages/react/src'
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!test)\.tsx?$/.test(file))
  .map((file) => readFileSync(join(folder, file), 'utf8'))

/** What an entry lists: each once. */
const exportsOf = (entry: string) =>
  [...readFileSync(join(folder, entry), 'utf8').matchAll(/^export (?:type )?\{(.*?)\}/gms)]
    .flatMap(([, list = '']) => list.match(/\w+/g) ?? [])
    .toSorted()
const exported = [...exportsOf('index.ts'), ...exportsOf('presets/index.ts')]

/** Properties that a type of this package declares itself. */
const propertiesOf = (type: string) =>
  sources
    .flatMap((source) => source.match(new RegExp(`^export (interface|type) ${type}\\b.*?^ *\\}`, 'ms'))?.[0] ?? [])
    .flatMap((declaration) => [...declaration.matchAll(/^ +readonly (\w+)\??:/gm)].map(([, name = '']) => name))

test('docs/react.md names every export, and uses every hook in a sample', () => {
  expect(exported.length).toBeGreaterThan(35)
  expect(exported.filter((name) => !named.has(name))).toEqual([])
  const used = samples.join('')
  expect(exported.filter((name) => /^use|^create|^StreamProvider$/.test(name) && !used.includes(name))).toEqual([])
})

test('docs/react.md names every option and result that this package adds', () => {
  const all = exported.map((type) => [type, propertiesOf(type)] as const).filter(([, properties]) => properties.length)
  expect(Object.fromEntries(all)).toMatchObject({
    ReconnectOptions: ['reconnect', 'reconnectInterval', 'maxReconnectAttempts'],
    PresetView: ['startStreaming', 'stopStreaming'],
  })
  expect(
    all.flatMap(([type, names]) => names.filter((name) => !named.has(name)).map((name) => `${type}.${name}`)),
  ).toEqual([])
})
