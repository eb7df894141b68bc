import { createRealtime } from '@steadystream/server'
import { build } from 'esbuild'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

import type { Realtime } from '@steadystream/server'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PageServer {
  readonly origin: string
  readonly realtime: Realtime
}

/** A real server of event streams, each of the channel that `channelOf` names, with a page whose script is `entry`. */
export async function servePage(
  entry: string,
  channelOf: (url: URL, request: IncomingMessage) => string | undefined,
): Promise<PageServer> {
  const realtime = createRealtime({ authorize: () => true })
  const html = `<!doctype html><title>test</title><body><script>${await bundle(entry)}</script>`
  const server = createServer((request, response) => {
    const channel = channelOf(new URL(request.url ?? '', 'http://server.test'), request)
    if (channel) return realtime.node(request, response, { channel })
    response.setHeader('Content-Type', 'text/html').end(request.url === '/' ? html : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await realtime.close()
    server.closeAllConnections()
    server.close()
  })
  // Listening on a port.
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, realtime }
}

/** As users ship it: React's production build. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    conditions: ['@steadystream/source'],
  })
  return (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')
}
