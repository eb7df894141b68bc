import { createServer } from 'node:http'

import { corePage } from './bundle-core.ts'
import { cutAtRandom, seeded } from './chunks.ts'
import { close, listen, utf8 } from './origin.ts'
import { vectors } from './vectors.ts'

import type { ServerResponse } from 'node:http'

export interface VectorServer {
  readonly url: string
  /** The `Last-Event-ID` of each request for a vector, by its path. */
  readonly lastEventIds: ReadonlyMap<string, readonly (string | undefined)[]>
  close(): Promise<void>
}

/**
 * Serves `/<client>/<n>`: at first vector `n`, then 204. `/` is a page with the core client as `steadystream`.
 */
export async function serveVectors(): Promise<VectorServer> {
  const html = await corePage()
  const lastEventIds = new Map<string, (string | undefined)[]>()
  const server = createServer({ insecureHTTPParser: true }, ({ url: path = '', headers }, response) => {
    const [, , n] = path.split('/')
    const vector = n === undefined ? undefined : vectors[Number(n)]
    if (!vector) {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      response.end(html)
      return
    }
    const earlier = lastEventIds.get(path) ?? []
    lastEventIds.set(path, [...earlier, utf8(headers['last-event-id']?.toString())])
    if (earlier.length > 0) response.writeHead(204).end()
    else void send(response, cutAtRandom(vector.bytes, seeded(vector.bytes.length)))
  })
  const url = await listen(server)
  return { url, lastEventIds, close: () => close(server) }
}

async function send(response: ServerResponse, chunks: readonly Uint8Array[]): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  for (const chunk of chunks) {
    // A turn between the writes lets each leave as a packet of its own.
    await new Promise((resolve) => response.write(chunk, resolve))
  }
  response.end()
}
