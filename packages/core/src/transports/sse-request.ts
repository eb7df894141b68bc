import { retryAfterMs } from '../backoff.ts'
import { withoutSecrets } from '../debug.ts'
import { globalFetch } from '../env.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { ask, resolveUrl as resolve } from './url.ts'

import type { Clock, Fetch } from '../env.ts'
import type { StreamErrorCode } from '../errors.ts'
import type { Provided, RequestOptions } from '../options.ts'
import type { Link } from './transport.ts'

/** A request as it goes out. */
type Init = RequestInit & { readonly headers: Headers }

/** @throws {TypeError} naming the URL, where that gives no http(s) URL, or one with credentials. */
export const resolveUrl = (url: string | URL, baseUrl: string | URL | undefined): URL => resolve(url, baseUrl, 'http')

/** @throws {TypeError} for a body that fetch would refuse to send with the method. */
export function methodOf({ method, body }: RequestOptions): string {
  const name = (method ?? (body ? 'POST' : 'GET')).toUpperCase()
  if (body && /^(GET|HEAD)$/.test(name)) throw new TypeError(`method must allow a body, got ${name}`)
  return name
}

/** Asks the user's functions, puts one attempt's request together and sends it. */
export async function request(
  url: Provided<string | URL>,
  options: RequestOptions,
  headerLayers: readonly RequestOptions['headers'][],
  { lastEventId, fromStart, signal, identify }: Link,
): Promise<Response> {
  const { credentials, fetch = globalFetch, resumeWith = 'header' } = options
  const [target, userHeaders, body] = await Promise.all([
    ask(url).then((given) => resolveUrl(given, options.baseUrl)),
    Promise.all(headerLayers.map(ask)).then(mergeHeaders),
    ask(options.body),
  ]).catch((error: unknown) => {
    throw toStreamError(error, 'REQUEST', 'url, headers or body failed')
  })
  // Given up while the user's functions were asked: not every fetch looks at its signal first.
  signal.throwIfAborted()
  // What stays the same cannot be a token that was refreshed; a cookie may have been.
  identify((isFunction(url) ? target.search : '') + (headerLayers.some(isFunction) ? [...userHeaders].join() : ''))
  // What fetch would send as `[object Object]`.
  const isPlain = body?.constructor === Object
  const headers = mergeHeaders([
    { Accept: 'text/event-stream', ...(isPlain && { 'Content-Type': 'application/json' }) },
    userHeaders,
  ])
  if (fromStart) target.searchParams.set('from', 'start')
  if (lastEventId) {
    if (resumeWith === 'header') headers.set('Last-Event-ID', utf8Bytes(lastEventId))
    else target.searchParams.set(resumeWith.query, lastEventId)
  }
  const init: Init & { readonly duplex: 'half' } = {
    method: methodOf(options),
    headers,
    // All that is no plain object, fetch takes itself.
    body: isPlain ? JSON.stringify(body) : (body as BodyInit | null),
    // fetch wants to be told that it cannot read the answer before a streamed question has been sent.
    duplex: 'half',
    cache: 'no-store',
    signal,
    // A runtime without cookies may throw for the mere presence of this property.
    ...(credentials && { credentials }),
  }
  // Their values may be secrets, which no other origin may see.
  const secret = [...userHeaders.keys()].filter((name) => !/^(accept|content-type)$/.test(name))
  return secret.length ? follow(fetch, target, init, secret) : fetch(target, init)
}

/**
 * `fetch` takes `Authorization` off when a redirect leads to another origin, but not a header like `X-Api-Key`: so
 * that of a GET is followed by hand. A browser hides the target from us: there its own rules hold, under which that
 * origin has to allow such a header first. The server has acted on other methods, and might on another request.
 */
async function follow(fetch: Fetch, url: URL, init: Init, secret: string[], hops = 20): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' })
  const { status, headers } = response
  const location = /30[12378]/.test(String(status)) && headers.get('Location')
  // Status 0 is a redirect that is hidden.
  if (status && !location) return response
  discard(response)
  init.signal?.throwIfAborted()
  if (init.method === 'GET') {
    if (!location) return fetch(url, init)
    const next = new URL(location, url)
    if (hops && next.protocol.startsWith('http')) {
      if (next.origin !== url.origin) for (const name of secret) init.headers.delete(name)
      return follow(fetch, next, init, secret, hops - 1)
    }
  }
  throw new StreamError('REDIRECT', `redirect of ${withoutSecrets(url.href)} not followed; use its final URL`, {
    retryable: false,
  })
}

export const isFunction = (value: unknown) => typeof value === 'function'

/** Lets go of a body. Not every fetch that is passed in gives one that can be cancelled. */
export const discard = ({ body }: Response) => void body?.cancel?.().catch(() => {})

/** What is wrong with a response: its status, if it is not 200, else what `code` and `message` say. */
export function refusal(
  { status, headers }: Response,
  clock: Clock,
  code: StreamErrorCode,
  message: string,
): StreamError {
  const isWrong = status !== 200
  return new StreamError(
    isWrong ? (status === 401 ? 'UNAUTHORIZED' : 'HTTP') : code,
    isWrong ? `the server answered ${status}` : message,
    {
      retryable: /408|42[59]|[5-9]../.test(String(status)),
      status,
      retryAfterMs: retryAfterMs(headers.get('Retry-After'), clock.wallNow()),
    },
  )
}

/** Later layers replace what earlier ones say. */
export function mergeHeaders(layers: readonly (HeadersInit | undefined)[]): Headers {
  const headers = new Headers()
  for (const layer of layers) new Headers(layer).forEach((value, name) => headers.set(name, value))
  return headers
}

/** A header value is a string of bytes; the standard wants this one's text as UTF-8. */
const utf8Bytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text))
