import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const source = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
/** Inside this folder, so that the bundles find their packages. */
const target = new URL('../.cache/', import.meta.url)

/**
 * Bundles what is measured, from the sources: with a TypeScript loader that keeps function names, each closure made in
 * a hot path costs a call more, and only in our code. @returns path of the contender's process.
 */
export async function bundleProcesses(): Promise<string> {
  await build({
    entryPoints: ['contender', 'event-server', 'handler', 'sinks'].map(source),
    outdir: fileURLToPath(target),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@steadystream/source'],
    external: [
      '@redis/client',
      '@socket.io/redis-adapter',
      '@socket.io/redis-streams-adapter',
      'better-sse',
      'eventsource',
      'eventsource-parser',
      'ioredis',
      'mitt',
      'reconnecting-websocket',
      'socket.io',
      'socket.io-client',
      'ws',
    ],
    logLevel: 'warning',
  })
  return fileURLToPath(new URL('contender.js', target))
}
