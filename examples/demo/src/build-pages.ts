import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

/** A file that browsers get. */
export interface BuiltFile {
  /** `index.html`, `assets/index-4Jd8.js`. */
  readonly name: string
  readonly content: string | Uint8Array
}

const root = fileURLToPath(new URL('./page', import.meta.url))

/** Builds the pages for production, in half a second and in memory: there is no folder that could be out of date. */
export async function buildPages(): Promise<readonly BuiltFile[]> {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [react()],
    // The library's packages are taken from their sources, as by the tests.
    resolve: { conditions: ['@steadystream/source', 'module', 'browser'] },
    build: { write: false, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  })
  const outputs = Array.isArray(built) ? built : [built]
  return outputs.flatMap((result) =>
    'output' in result
      ? result.output.map((file) => ({
          name: file.fileName,
          content: file.type === 'chunk' ? file.code : file.source,
        }))
      : [],
  )
}
