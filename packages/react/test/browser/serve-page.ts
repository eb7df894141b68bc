import { createRealtime } from '@steadystream/server'
import { build } from 'esbuild'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

import type { Channel, Realtime } from '@steadystream/server'
import type { AddressInfo, Socket } from 'node:net'

export interface PageServer {
  readonly origin: string
  readonly realtime: Realtime
  /** Ends every connection, as a pulled cable does. */
  readonly cut: () => void
}

/**
 * A real server, with a page whose script is `entry`: event streams, each of the channel that `channelOf` names, and
 * `/realtime` and `/realtime/ws`, where clients name the channels.
 * @param main what the page shows before the script has run
 */
export async function servePage(
  entry: string,
  channelOf: (url: URL) => Channel | undefined,
  main = '',
): Promise<PageServer> {
  const realtime = createRealtime({ authorize: () => true, clientPublish: (data) => data })
  const script = await bundle(entry)
  const html = `<!doctype html><title>test</title><body><main>${main}</main><script>${script}</script>`
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://server.test')
    const channel = channelOf(url)
    if (channel) return realtime.node(request, response, { channel })
    if (url.pathname === '/realtime') return realtime.node(request, response)
    response.setHeader('Content-Type', 'text/html').end(request.url === '/' ? html : '')
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  realtime.attachWebSocket(server, { path: '/realtime/ws' })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await realtime.close()
    server.closeAllConnections()
    server.close()
  })
  // Listening on a port.
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    realtime,
    cut() {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    },
  }
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
