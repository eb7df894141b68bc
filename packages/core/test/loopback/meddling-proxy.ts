import { createServer, request as forward } from 'node:http'
import { connect } from 'node:net'

import { listen } from '../support/serve.ts'

import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Served } from '../support/serve.ts'

/** An HTTP proxy between a client and a server, which treats each kind of transport as proxies in the wild do. */
export interface MeddlingProxy extends Served {
  /** Passes the head of an event stream on and keeps the body to itself; those under way fall silent, too. */
  holdStreams(isHolding: boolean): void
  /** Resets WebSockets, those under way as well, or lets new ones through. */
  refuseSockets(isRefusing: boolean): void
  /** Loses, without telling either side, whatever is under way. */
  freeze(): void
}

type Client = EventEmitter & { destroy(): unknown }

/** One exchange under way. Once it is silent, nothing passes to the client any more, not even its end. */
interface Passage {
  kind: 'stream' | 'socket' | 'other'
  isSilent: boolean
  readonly client: Client
}

export async function createMeddlingProxy(targetPort: number): Promise<MeddlingProxy> {
  const target = { host: '127.0.0.1', port: targetPort }
  const passages = new Set<Passage>()
  let isHolding = false
  let isRefusing = false

  function enter(kind: Passage['kind'], client: Client): Passage {
    const passage = { kind, isSilent: false, client }
    passages.add(passage)
    client.on('close', () => passages.delete(passage))
    return passage
  }

  function carry(request: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = request
    const passage = enter('other', response)
    const outgoing = forward({ ...target, method, path: url, headers }, (answer) => {
      if (answer.headers['content-type']?.startsWith('text/event-stream')) {
        passage.kind = 'stream'
        passage.isSilent ||= isHolding
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders()
      answer.on('data', (chunk) => passage.isSilent || response.write(chunk))
      answer.on('end', () => passage.isSilent || response.end())
      answer.on('error', () => passage.isSilent || response.destroy())
    })
    outgoing.on('error', () => passage.isSilent || response.destroy())
    response.on('close', () => outgoing.destroy())
    request.pipe(outgoing)
  }

  /** Writes the handshake down again, since node:http has read it, and carries bytes from then on. */
  function tunnel({ method, url, rawHeaders }: IncomingMessage, client: Duplex, head: Buffer): void {
    const outgoing = connect({ ...target, noDelay: true })
    client.on('error', () => {})
    outgoing.on('error', () => {})
    const passage = enter('socket', client)
    if (isRefusing) return void client.destroy()
    const fields = rawHeaders.map((text, n) => (n % 2 ? `${text}\r\n` : `${text}: `)).join('')
    outgoing.write(`${method} ${url} HTTP/1.1\r\n${fields}\r\n`)
    outgoing.write(head)
    client.pipe(outgoing)
    outgoing.on('data', (chunk) => passage.isSilent || client.write(chunk))
    outgoing.on('close', () => passage.isSilent || client.destroy())
    client.on('close', () => outgoing.destroy())
  }

  const server = createServer(carry)
  server.on('upgrade', tunnel)
  const silence = (isConcerned: (passage: Passage) => boolean) => {
    for (const passage of passages) if (isConcerned(passage)) passage.isSilent = true
  }

  return {
    ...(await listen(server)),
    holdStreams(holding) {
      isHolding = holding
      if (holding) silence(({ kind }) => kind === 'stream')
    },
    refuseSockets(refusing) {
      isRefusing = refusing
      for (const { kind, client } of passages) if (refusing && kind === 'socket') client.destroy()
    },
    freeze: () => silence(() => true),
  }
}
