import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** The page's script for browsers, with the client library in it. */
export async function bundlePageScript(): Promise<string> {
  return bundle({ entryPoints: [pathOf('./page/page.ts')], format: 'esm', platform: 'browser', minify: true })
}

/**
 * The render worker as one script. Threads do not inherit the TypeScript loader of the main thread on every Node
 * version, so the thread gets JavaScript.
 */
export async function bundleRenderWorker(): Promise<string> {
  return bundle({ entryPoints: [pathOf('./render/worker.ts')], format: 'cjs', platform: 'node' })
}

async function bundle(options: {
  entryPoints: string[]
  format: 'esm' | 'cjs'
  platform: 'browser' | 'node'
  minify?: boolean
}): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    write: false,
    target: 'es2022',
    conditions: ['@steadystream/source'],
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
