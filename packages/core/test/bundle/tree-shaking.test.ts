import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

/** Paths of the modules of which something is left in a bundle of these exports. */
async function modulesOf(names: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: {
      contents: `export { ${names} } from './src/index.ts'`,
      resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
    },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  })
  const [output] = Object.values(metafile.outputs)
  return Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) => (bytesInOutput ? [path] : []))
}

const parts = {
  sse: /eventsource-parser|sse(-decoder)?\.ts/,
  webSocket: /reconnecting-websocket|websocket|send-queue/,
  polling: /polling/,
  choice: /fallback|transport-choice/,
}

describe('a bundle', () => {
  it.each<[string, readonly (keyof typeof parts)[]]>([
    ['createEnhancedSSEStream', ['sse']],
    ['createStream, sse', ['sse']],
    ['createStream', []],
    ['createStream, webSocket', ['webSocket', 'choice']],
    ['createStream, polling', ['polling', 'choice']],
    ['createStream, sse, polling', ['sse', 'polling', 'choice']],
  ])('of %s holds no transport but those: %j', async (names, expected) => {
    const modules = await modulesOf(names)
    const found = Object.entries(parts).filter(([, part]) => modules.some((path) => part.test(path)))
    expect(found.map(([name]) => name)).toEqual(expected)
  })
})
