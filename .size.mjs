import { build, transform } from 'esbuild'
import { gzipSync } from 'node:zlib'
import { writeFileSync, readFileSync } from 'node:fs'
const r = await build({ stdin: { contents: `export { createEnhancedSSEStream } from './packages/core/src/index.ts'`, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, minify: true, format: 'esm', target: 'es2022', platform: 'browser', conditions: ['@steadystream/source'], write: false, metafile: true, legalComments:'none' })
const code = r.outputFiles[0].text
writeFileSync('/tmp/sz/out.js', code)
console.log('total min', code.length, 'gz', gzipSync(code, { level: 9 }).length)
const out = Object.values(r.metafile.outputs)[0]
if (process.argv[2]) for (const [f, { bytesInOutput }] of Object.entries(out.inputs).sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput)) console.log(String(bytesInOutput).padStart(6), f)
