import { ServerResponse } from 'node:http'

import { corsHeaders } from '../cors.ts'
import { whenSettled } from '../env.ts'
import { jsonHeaders } from '../json-headers.ts'
import { sseHeaders } from '../transports/sse.ts'
import { lostItsTurn, onTurnLost } from './response-turn.ts'

import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { Caller } from '../callers.ts'
import type { Cors } from '../cors.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { Session } from '../session.ts'
import type { Sink } from '../sink.ts'
import type { TransportName } from '../transports/wire.ts'

/** What says `drain`. */
export type Drains = Pick<HttpResponse, 'off'> & { on(event: 'drain', listener: () => void): unknown }

type Headers = Readonly<Record<string, string>>

/** Answers with JSON instead of a stream. Says what the refusal says, never what an exception said. */
export function refuse(
  { settings, observer }: Engine,
  transport: TransportName,
  req: HttpRequest,
  res: HttpResponse,
  { status, code, message, headers }: Refusal,
  { ip, userId }: Pick<Caller, 'ip' | 'userId'>,
): void {
  observer.refused({ transport, asked: 'request', status, code, ip, userId })
  const { cors } = settings
  setHeaders(res, { ...jsonHeaders, ...corsHeaders(cors, req.headers.origin), ...headers })
  res.writeHead(status)
  if (req.method === 'HEAD') res.end()
  else res.end(JSON.stringify({ error: { code, message } }))
}

/** Answers with headers alone: a preflight, or a stream that has ended for good. */
export function answerEmpty(res: HttpResponse, status: number, headers: Headers): void {
  setHeaders(res, { 'Cache-Control': 'private, no-store', 'X-Content-Type-Options': 'nosniff', ...headers })
  res.writeHead(status)
  res.end()
}

/** Sends the headers of an event stream at once, in one write with what follows in the same turn. */
export function beginStream(req: HttpRequest, res: HttpResponse, cors: Cors | undefined): void {
  // Over HTTP/2 a stream that the client resets with NO_ERROR closes only when its request has been read to the end.
  // The body of a POST is for whoever handles it.
  if (req.method !== 'POST') req.resume?.()
  const headers = { ...sseHeaders, ...corsHeaders(cors, req.headers.origin) }
  // The socket, not the response: one that ends while it is corked writes its last chunk first, in Node 22 and 24.
  if (res instanceof ServerResponse) {
    const { socket } = res
    socket?.cork()
    whenSettled(() => socket?.uncork())
  }
  // A table of headers stays for as long as the stream: none is made where nobody has set one before.
  if (res instanceof ServerResponse && res.getHeaderNames().length === 0) {
    res.writeHead(200, headers)
  } else {
    setHeaders(res, headers)
    res.writeHead(200)
  }
  res.flushHeaders?.()
}

/** A response as a session writes to it. */
export class ResponseSink implements Sink {
  readonly #res: HttpResponse
  readonly #isOpen: () => boolean

  /** `isOpen`: whether the server takes further requests. */
  constructor(res: HttpResponse, isOpen: () => boolean) {
    this.#res = res
    this.#isOpen = isOpen
  }

  write(chunk: Uint8Array): boolean {
    return this.#res.write(chunk)
  }

  end(): void {
    const { socket, stream } = this.#res
    this.#res.end()
    // Kept for another request, the connection would keep a process that shuts down for seconds. Not one of HTTP/2, which
    // others share.
    if (!stream && !this.#isOpen()) socket?.end()
  }

  destroy(): void {
    this.#res.destroy()
  }
}

/**
 * Tells a session what becomes of the response that it writes to. `drains` says when more can be written, if that is not
 * the response itself.
 */
export function attach(session: Session, res: HttpResponse, drains: Drains = res): void {
  const drained = () => session.drained()
  const gone = () => {
    // A socket may serve another request after this one.
    drains.off('drain', drained)
    session.closed()
  }
  drains.on('drain', drained)
  res.on('close', gone)
  onTurnLost(res, gone)
  // Without a listener an error of the response would end the process.
  res.on('error', () => session.destroy('failed'))
}

/** Whether the client went away while its request was being decided. */
export function isGone(res: HttpResponse): boolean {
  return (res.destroyed ?? res.stream?.destroyed ?? false) || res.writableEnded || lostItsTurn(res)
}

/** Headers that go out with the first byte of the body. */
export function setHeaders(res: HttpResponse, headers: Headers): void {
  const { Vary: vary, ...others } = headers
  for (const [name, value] of Object.entries(others)) res.setHeader(name, value)
  // Middleware may have named other headers there; they stay.
  if (vary !== undefined) res.appendHeader('Vary', vary)
}
