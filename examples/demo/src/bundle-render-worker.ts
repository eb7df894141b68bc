import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * The render worker as one script. Threads do not inherit the TypeScript loader of the main thread on every Node
 * version, so the thread gets JavaScript.
 */
export async function bundleRenderWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./render/worker.ts', import.meta.url))],
    format: 'cjs',
    platform: 'node',
    bundle: true,
    write: false,
    target: 'es2022',
    conditions: ['@steadystream/source'],
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
