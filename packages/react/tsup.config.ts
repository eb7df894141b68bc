import { defineConfig } from 'tsup'

// Declarations come from tsc (tsconfig.build.json): it writes declaration maps, and is quicker.
export default defineConfig({
  entry: { index: 'src/index.ts', 'presets/index': 'src/presets/index.ts' },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  sourcemap: true,
  // Bundling drops the directive from the sources. What the entries share needs it, too.
  banner: { js: `'use client'` },
})
