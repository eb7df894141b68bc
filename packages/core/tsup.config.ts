import { defineConfig } from 'tsup'

// Declarations come from tsc (tsconfig.build.json): it writes declaration maps, and is quicker.
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'checks/index': 'src/checks/index.ts',
    'presets/events': 'src/presets/events.ts',
    'presets/index': 'src/presets/index.ts',
    'protocol/index': 'src/protocol/index.ts',
    'store/index': 'src/store/index.ts',
    'testing/index': 'src/testing/index.ts',
    'testing/msw': 'src/testing/msw.ts',
    // Not exported: else it would share a chunk with the client, and whoever makes an event would ship that.
    env: 'src/env.ts',
    // Not exported: in a chunk of its own, who does not use it does not ship it.
    'transports/websocket-library': 'src/transports/websocket-library.ts',
  },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  sourcemap: true,
})
