import { defineConfig } from 'vitest/config'

// Tests run on the sources, without a build: every workspace package exports them under this condition.
const conditions = ['@steadystream/source']
const fromSource = { resolve: { conditions }, ssr: { resolve: { conditions } } }

export default defineConfig({
  test: {
    projects: [
      {
        ...fromSource,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['packages/{core,server}/{src,test}/**/*.test.ts', 'packages/react/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
        },
      },
      {
        ...fromSource,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['packages/core/test/**/*.browser.test.ts', 'examples/*/test/**/*.test.ts'],
          globalSetup: ['scripts/require-chromium.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
