import { FetchResponse } from './fetch-response.ts'

import type { ChannelRoute } from '../channel-request.ts'
import type { HttpRequest, HttpResponse } from '../http-messages.ts'

export interface FetchRoute extends ChannelRoute {
  /**
   * How it is answered. Left out: as the request's `Accept` has it, a poll where JSON is accepted and an event stream
   * is not.
   */
  readonly transport?: 'sse' | 'polling' | undefined
  /** The client's address, which a `Request` does not know, for limits and logs. */
  readonly remoteAddress?: string | undefined
}

/** Answers a web-standard request by what serves those of node:http. */
export function answerFetch(
  request: Request,
  remoteAddress: string | undefined,
  serve: (req: HttpRequest, res: HttpResponse) => void,
): Promise<Response> {
  const res = new FetchResponse()
  const leave = () => res.leave()
  request.signal.addEventListener('abort', leave, { once: true })
  res.on('close', () => request.signal.removeEventListener('abort', leave))
  if (request.signal.aborted) leave()
  else serve(dressRequest(request, remoteAddress), res)
  return res.response
}

export function wantsPoll(request: Request, transport: FetchRoute['transport']): boolean {
  if (transport) return transport === 'polling'
  const accept = request.headers.get('Accept') ?? ''
  return /\bapplication\/json\b/i.test(accept) && !/\btext\/event-stream\b/i.test(accept)
}

function dressRequest(request: Request, remoteAddress: string | undefined): HttpRequest {
  const { pathname, search } = new URL(request.url)
  return {
    method: request.method,
    url: pathname + search,
    headers: Object.fromEntries(request.headers),
    socket: { remoteAddress },
    async *[Symbol.asyncIterator]() {
      // By its reader, as not every engine can iterate a stream.
      const reader = request.body?.getReader()
      try {
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) yield part.value
      } finally {
        // Whoever breaks off does not want the rest.
        void reader?.cancel()
      }
    },
  }
}
