import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'

/** A page whose script is the core client, as `steadystream`. */
export async function corePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'steadystream',
    platform: 'browser',
    conditions: ['@steadystream/source'],
  })
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')
  return `<!doctype html><script>${script}</script>`
}
