import { ServerResponse } from 'node:http'
import { Socket } from 'node:net'

import { ResponseSink } from './node-response.ts'

import type { Engine } from '../engine.ts'
import type { HttpResponse } from '../http-messages.ts'
import type { Sink } from '../sink.ts'
import type { Wire } from '../transports/wire.ts'
import type { Drains } from './node-response.ts'

/** How a session writes the body of a response that has begun. */
export interface Body<W extends Wire> {
  readonly wire: W
  readonly sink: Sink
  /** What says `drain` when more can be written. */
  readonly drains: Drains
}

/** `chunked` writes the same as `plain`, in the coding of HTTP/1.1. */
export function openBody<W extends Wire>({ isOpen }: Engine, res: HttpResponse, plain: W, chunked: W): Body<W> {
  const response = new ResponseSink(res, isOpen)
  const socket = socketOf(res)
  if (!socket) return { wire: plain, sink: response, drains: res }
  return { wire: chunked, sink: new ChunkSink(response, socket), drains: socket }
}

/**
 * The socket below, where chunks can be written to it as well: node:http makes four writes and a turn's bookkeeping of
 * each chunk, which is a fifth of what a delivery costs.
 */
function socketOf(res: HttpResponse): Socket | undefined {
  if (!(res instanceof ServerResponse) || !res.chunkedEncoding || !(res.socket instanceof Socket)) return undefined
  // Whoever put a `write` of his own there, as compression does, wants to see what is written.
  return res.write === ServerResponse.prototype.write ? res.socket : undefined
}

/** The socket below a response, as a session writes chunks to it. How the body ends is still the response's to say. */
class ChunkSink implements Sink {
  readonly #response: Sink
  readonly #socket: Socket

  constructor(response: Sink, socket: Socket) {
    this.#response = response
    this.#socket = socket
  }

  write(chunk: Uint8Array): boolean {
    // It ends before the response says so where the client closes its side.
    return this.#socket.writable && this.#socket.write(chunk)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  end(): void {
    this.#response.end()
  }

  destroy(): void {
    this.#response.destroy()
  }
}
