import { answerFetch } from './fetch.ts'
import { serveStats } from './node-stats.ts'

import type { Engine } from '../engine.ts'
import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { StatsRoute } from './node-stats.ts'

type NodeCall = [req: HttpRequest, res: HttpResponse, route?: StatsRoute]
type FetchCall = [request: Request, route?: FetchStatsRoute]

export interface FetchStatsRoute extends StatsRoute {
  /** The client's address, which a `Request` does not know, for `authenticate` and hooks. */
  readonly remoteAddress?: string | undefined
}

/** `realtime.serveStats`, for requests of node:http and web-standard ones. */
export interface StatsMethod {
  (...call: NodeCall): void
  /** Never rejects. */
  (...call: FetchCall): Promise<Response>
}

export function statsMethod(engine: Engine): StatsMethod {
  function stats(...call: NodeCall): void
  function stats(...call: FetchCall): Promise<Response>
  function stats(...call: NodeCall | FetchCall): Promise<Response> | void {
    if (isNodeCall(call)) {
      const [req, res, route = {}] = call
      return void serveStats(engine, req, res, route)
    }
    const [request, { remoteAddress, ...route } = {}] = call
    return answerFetch(request, remoteAddress, (req, res) => void serveStats(engine, req, res, route))
  }
  return stats
}

/** A web-standard request comes without a response. */
function isNodeCall(call: NodeCall | FetchCall): call is NodeCall {
  return call[1] !== undefined && 'writeHead' in call[1]
}
