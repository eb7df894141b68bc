import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { MixedOrder } from './scripts/mixed-order.ts'
import { runDocSamples } from './scripts/run-doc-samples.ts'
import type { Alias } from 'vite'

// Tests run on the sources, without a build: every workspace package exports them under this condition.
const conditions = ['@steadystream/source']
const fromSource = { resolve: { conditions }, ssr: { resolve: { conditions } } }

// React 18 lives in a workspace of its own, so that both majors are installed side by side.
const react18 = fileURLToPath(new URL('packages/react-18-tests/node_modules', import.meta.url))
const testingLibrary = fileURLToPath(new URL('node_modules/@testing-library/react', import.meta.url))

// The library's CommonJS entry would `require` the root's React past any alias: take its ES modules, and inline them.
const testingLibraryAlias = {
  find: /^@testing-library\/react$/,
  replacement: `${testingLibrary}/dist/@testing-library/react.esm.js`,
}
const react18Aliases = [{ find: /^(react|react-dom)(?=$|\/)/, replacement: `${react18}/$1` }]

// Only for what hangs: a busy machine may take many times as long as an idle one.
const testTimeout = 30_000

/** The same React tests for each major that the package supports. */
function reactProject(major: number, alias: readonly Alias[]) {
  return {
    resolve: { conditions, alias: [testingLibraryAlias, ...alias] },
    ssr: { resolve: { conditions } },
    test: {
      name: `react-${major}`,
      environment: 'happy-dom',
      // Testing Library registers its cleanup, and tells React about `act`, only where it finds global hooks.
      globals: true,
      testTimeout,
      include: ['packages/react/src/**/*.test.tsx'],
      provide: { reactMajor: major },
      server: { deps: { inline: [/@testing-library\/react/] } },
    },
  }
}

export default defineConfig({
  test: {
    // Vitest would take one less than there are cores. Most tests wait for about half of their time, so that one more
    // keeps the cores busy.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: MixedOrder },
    projects: [
      {
        ...fromSource,
        plugins: [runDocSamples()],
        test: {
          name: 'unit',
          environment: 'node',
          testTimeout,
          include: [
            'packages/{core,server}/{src,test}/**/*.test.ts',
            'packages/react/src/**/*.test.ts',
            'examples/*/src/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          globalSetup: ['scripts/require-nginx.ts', 'scripts/require-redis.ts'],
        },
      },
      reactProject(19, []),
      reactProject(18, react18Aliases),
      {
        ...fromSource,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['packages/{core,react}/test/**/*.browser.test.ts', 'examples/*/test/**/*.test.ts'],
          globalSetup: ['scripts/require-chromium.ts', 'scripts/require-nginx.ts', 'scripts/require-redis.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
