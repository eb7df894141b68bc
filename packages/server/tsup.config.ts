import { defineConfig } from 'tsup'

// Declarations come from tsc (tsconfig.build.json): it writes declaration maps, and is quicker.
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    fastify: 'src/adapters/fastify.ts',
    redis: 'src/backplanes/redis/index.ts',
    doctor: 'src/doctor/cli.ts',
  },
  format: 'esm',
  target: 'es2022',
  platform: 'node',
  sourcemap: true,
})
