/** A request as the scripted server saw it. */
export interface RecordedRequest {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  /** Text of the `Last-Event-ID` header; `undefined` where it was not sent. */
  readonly lastEventId: string | undefined
  /** The body, where it was sent as text. */
  readonly body: string | undefined
}

/** What a call of `fetch` would send. Its parts are read without a `Request`, which not every test runtime has right. */
export function recordCall(input: RequestInfo | URL, init: RequestInit | undefined): RecordedRequest {
  const request = typeof input === 'object' && 'url' in input ? input : undefined
  const headers = new Headers(init?.headers ?? request?.headers)
  return {
    url: request?.url ?? new URL(input as string | URL).href, // whatever has no url is one
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    headers,
    lastEventId: lastEventIdOf(headers),
    body: typeof init?.body === 'string' ? init.body : undefined,
  }
}

export async function recordRequest(request: Request): Promise<RecordedRequest> {
  const { url, method } = request
  // Entry by entry: the copy constructor loses the user's own headers once MSW has patched Node's classes.
  const headers = new Headers([...request.headers])
  const body = request.body ? await request.text() : undefined
  return { url, method, headers, lastEventId: lastEventIdOf(headers), body }
}

/** A header shows its bytes as characters; the standard has a client write the ID as UTF-8. */
function lastEventIdOf(headers: Headers): string | undefined {
  const value = headers.get('Last-Event-ID')
  return value === null
    ? undefined
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(value, (byte) => byte.charCodeAt(0)))
}
