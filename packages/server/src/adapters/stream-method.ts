import { answerFetch } from './fetch.ts'
import { serveStream } from './node-stream.ts'

import type { Engine } from '../engine.ts'
import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { Producer, StreamOptions } from './node-stream.ts'

type NodeCall = [req: HttpRequest, res: HttpResponse, producer: Producer, options?: StreamOptions]
type FetchCall = [request: Request, producer: Producer, options?: FetchStreamOptions]

export interface FetchStreamOptions extends StreamOptions {
  /** The client's address, which a `Request` does not know, for limits and logs. */
  readonly remoteAddress?: string | undefined
}

/** `realtime.stream`, for requests of node:http and web-standard ones. */
export interface StreamMethod {
  (...call: NodeCall): void
  /** Never rejects. */
  (...call: FetchCall): Promise<Response>
}

export function streamMethod(engine: Engine): StreamMethod {
  function stream(...call: NodeCall): void
  function stream(...call: FetchCall): Promise<Response>
  function stream(...call: NodeCall | FetchCall): Promise<Response> | void {
    if (isFetchCall(call)) {
      const [request, producer, { remoteAddress, ...options } = {}] = call
      return answerFetch(request, remoteAddress, (req, res) => void serveStream(engine, req, res, producer, options))
    }
    const [req, res, producer, options = {}] = call
    void serveStream(engine, req, res, producer, options)
  }
  return stream
}

/** A web-standard request comes without a response, so that the producer is second. */
function isFetchCall(call: NodeCall | FetchCall): call is FetchCall {
  return typeof call[1] === 'function'
}
