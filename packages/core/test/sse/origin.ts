import { once } from 'node:events'
import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request, once its body is complete. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names; values as Latin-1, one character a byte. */
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answer = (response: ServerResponse, request: Seen, nth: number) => void

export interface Origin {
  readonly url: string
  readonly seen: readonly Seen[]
  /** Responses that neither side has ended. (Sockets tell less: Node's fetch opens a spare one for each it destroys.) */
  readonly open: number
  /** Sockets that were ever opened. */
  readonly sockets: number
  /** The texts of one header, request by request. */
  header(name: string): (string | undefined)[]
}

/** A real server on the loopback, gone with the test. `answer` gets each request, numbered from 0. */
export async function serve(answer: Answer): Promise<Origin> {
  const seen: Seen[] = []
  const responses = new Set<ServerResponse>()
  let sockets = 0
  // Lenient, so that control characters in a header are seen and not refused.
  const server = createServer({ insecureHTTPParser: true, keepAlive: true }, (request, response) => {
    responses.add(response)
    response.on('close', () => responses.delete(response))
    void read(request).then((record) => {
      seen.push(record)
      answer(response, record, seen.length - 1)
    })
  })
  server.on('connection', (socket) => {
    sockets += 1
    socket.on('error', () => {})
  })
  const url = await listen(server)
  onTestFinished(() => close(server))
  return {
    url,
    seen,
    get open() {
      return responses.size
    },
    get sockets() {
      return sockets
    },
    header: (name) => seen.map(({ headers }) => headers[name]?.toString()),
  }
}

export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address with a port.
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

async function read(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = []
  try {
    // A request yields buffers unless an encoding was set.
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    // cut off: what came is shown
  }
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://origin.test')
  const body = Buffer.concat(chunks).toString('utf8')
  return { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, body }
}

/** Answers 200 with an event stream that stays open. */
export function stream(response: ServerResponse, text = '', headers: Record<string, string> = {}): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', ...headers })
  response.flushHeaders()
  if (text) response.write(text)
  return response
}

export function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end('not this time')
}

/** The text behind the bytes of a header. */
export function utf8(header: string | undefined): string | undefined {
  return header === undefined ? undefined : Buffer.from(header, 'latin1').toString('utf8')
}
