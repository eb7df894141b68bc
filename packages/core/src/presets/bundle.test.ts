import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import * as presets from './index.ts'

/** What a bundle of these names holds: its size, minified and gzipped, and the files of which something is left in it. */
async function bundle(names: string, besides = ''): Promise<{ readonly bytes: number; readonly files: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export { ${names} } from './index.ts'\n${besides}`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  })
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  return {
    bytes: outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0),
    files: inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput ? [path.replace(/.*\/src\//, '')] : [])),
  }
}

const definitions = Object.entries(presets).flatMap(([name, each]) => (typeof each === 'object' ? [name] : []))
const factories = Object.keys(presets).filter((name) => /^create\w+(Event|Message)$/.test(name))
const shared = ['untrusted', 'update', 'stages', 'url'].map((part) => `export * from './${part}.ts'`).join('\n')
const parts = /^presets\/(define-stream|stages|untrusted|update|url|create-event)\.ts$|^env\.ts$/

describe('a bundle', () => {
  it.each([...definitions, ...factories])('of %s holds no other preset, and no client', async (name) => {
    const { files } = await bundle(name)
    expect(files.filter((file) => !parts.test(file))).toHaveLength(1)
  })

  it.each(definitions)('grows by at most 400 bytes with %s, on top of what presets share', async (name) => {
    const [all, without] = await Promise.all([bundle(name, shared), bundle('defineStream', shared)])
    expect(all.bytes - without.bytes).toBeLessThanOrEqual(400)
  })

  it.each(definitions)('of %s alone has less than 650 bytes', async (name) => {
    expect((await bundle(name)).bytes).toBeLessThan(650)
  })
})
