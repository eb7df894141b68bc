import { createAccepted } from './accepted.ts'
import { recordCall, recordRequest } from './recorded-request.ts'
import { createScriptedBody } from './scripted-body.ts'
import { createScriptedConnection } from './scripted-connection.ts'

import type { RequestOptions } from '../options.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { ScriptedConnection } from './scripted-connection.ts'

export interface ScriptedResponse {
  readonly headers?: HeadersInit | undefined
  readonly body?: string | undefined
}

/** An endpoint for server-sent events that does what the test says. It accepts every request unless told otherwise. */
export interface ScriptedStream {
  /** For the `fetch` option of a stream, or in the place of the runtime's. */
  readonly fetch: NonNullable<RequestOptions['fetch']>
  /** Answers a request; one that cannot be reached gives `Response.error()`. For request mocks. */
  answer(request: Request): Promise<Response>
  /** Every request so far, refused ones included. */
  readonly requests: readonly RecordedRequest[]
  /** Accepted connections that are still open. */
  readonly openConnections: number
  /** The accepted connection number `n`, from 0; throws if there is none yet. Flaps do not count. */
  connection(n: number): ScriptedConnection
  /** The next accepted connection that this has not returned before, as soon as there is one. */
  nextConnection(): Promise<ScriptedConnection>
  /** Answers the next `times` requests (default 1) with this status, behind those already told. */
  respond(status: number, response?: ScriptedResponse & { readonly times?: number | undefined }): void
  /** Sends the next `times` requests (default 1) away with 503 and `Retry-After`, in seconds. */
  busy(retryAfter: number, times?: number): void
  /** Accepts the next `times` requests, and closes each at once. */
  flap(times: number): void
  /** Cannot be reached by the next `times` requests (default 1): `fetch` rejects. */
  refuse(times?: number): void
  /** Never answers the next `times` requests (default 1). */
  ignore(times?: number): void
}

type Answer = (signal: AbortSignal | undefined) => Response | Promise<Response>

const eventStream = { 'Content-Type': 'text/event-stream' }

/** Makes an endpoint that the test scripts, for `fetch` or, with `sseHandler`, for MSW. */
export function createScriptedStream(): ScriptedStream {
  const requests: RecordedRequest[] = []
  const accepted = createAccepted<ScriptedConnection>()
  const planned: Answer[] = []

  function accept(request: RecordedRequest, signal: AbortSignal | undefined): Response {
    const body = createScriptedBody()
    const connection = createScriptedConnection(request, body)
    onAbort(signal, (reason) => body.abort(reason))
    accepted.add(connection)
    return new Response(body.stream, { headers: eventStream })
  }

  async function serve(request: RecordedRequest, signal: AbortSignal | undefined): Promise<Response> {
    requests.push(request)
    return planned.shift()?.(signal) ?? accept(request, signal)
  }

  function plan(answer: Answer, times = 1): void {
    for (let n = 0; n < times; n++) planned.push(answer)
  }

  const respond: ScriptedStream['respond'] = (status, { times, headers, body } = {}) =>
    plan(() => new Response(body ?? null, { status, headers: headers ?? {} }), times)

  return {
    async fetch(input, init) {
      const signal = init?.signal ?? undefined
      signal?.throwIfAborted()
      const response = await serve(recordCall(input, init), signal)
      if (response.type === 'error') throw new TypeError('fetch failed')
      return response
    },
    answer: async (request) => serve(await recordRequest(request), request.signal),
    requests,
    get openConnections() {
      return accepted.all.filter(({ isOpen }) => isOpen).length
    },
    connection: accepted.at,
    nextConnection: accepted.next,
    respond,
    busy: (retryAfter, times) => respond(503, { headers: { 'Retry-After': `${retryAfter}` }, times }),
    flap: (times) => plan(() => new Response('', { headers: eventStream }), times),
    refuse: (times) => plan(() => Response.error(), times),
    ignore: (times) => plan(neverAnswer, times),
  }
}

function neverAnswer(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_, reject) => onAbort(signal, reject))
}

function onAbort(signal: AbortSignal | undefined, act: (reason: unknown) => void): void {
  if (signal?.aborted) act(signal.reason)
  else signal?.addEventListener('abort', () => act(signal.reason), { once: true })
}
