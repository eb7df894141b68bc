import { withoutSecrets } from '../debug.ts'
import { documentUrl, globalFetch } from '../env.ts'
import { StreamError, toStreamError } from '../errors.ts'

import type { Fetch } from '../env.ts'
import type { Provided, RequestOptions } from '../options.ts'
import type { Link } from './transport.ts'

const longestRedirectChain = 20

/**
 * Makes a URL absolute: `url` itself, or appended to `baseUrl`, resolved against the page.
 * @throws {TypeError} naming the URL, where that gives no http(s) URL, or one with credentials, which fetch refuses.
 */
export function resolveUrl(url: string | URL, baseUrl: string | URL | undefined): URL {
  const isAbsolute = /^([a-z][a-z\d+.-]*:|\/\/)/i.test(String(url))
  const joined =
    baseUrl && !isAbsolute ? `${String(baseUrl).replace(/\/+$/, '')}/${String(url).replace(/^\/+/, '')}` : url
  try {
    const resolved = new URL(joined, documentUrl())
    if (/^https?:$/.test(resolved.protocol) && !resolved.username && !resolved.password) return resolved
  } catch {
    // told below, like the other kinds of wrong URL
  }
  throw new TypeError(
    `url must be http(s), without credentials, and absolute here unless baseUrl is set, got ${withoutSecrets(String(joined))}`,
  )
}

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
  link: Link,
): Promise<Response> {
  const { resumeWith = 'header', fetch = globalFetch, credentials } = options
  const asked = Promise.all([
    ask(url).then((address) => resolveUrl(address, options.baseUrl)),
    Promise.all(headerLayers.map(ask)).then(mergeHeaders),
    ask(options.body),
  ])
  const [target, headers, body] = await asked.catch((error: unknown) => {
    throw toStreamError(error, 'REQUEST', 'url, headers or body could not be had')
  })
  // Given up while the user's functions were asked: not every fetch looks at its signal first.
  link.signal.throwIfAborted()
  // Their values may be secrets, which no other origin may see.
  const userHeaders = [...headers.keys()].filter((name) => !/^(accept|content-type)$/.test(name))
  if (!headers.has('Accept')) headers.set('Accept', 'text/event-stream')
  if (link.fromStart) target.searchParams.set('from', 'start')
  if (link.lastEventId) {
    if (resumeWith === 'header') headers.set('Last-Event-ID', utf8Bytes(link.lastEventId))
    else target.searchParams.set(resumeWith.query, link.lastEventId)
  }
  const init: RequestInit = { method: methodOf(options), headers, cache: 'no-store', signal: link.signal }
  // A runtime without cookies may throw for the mere presence of this property, or of a body.
  if (credentials) init.credentials = credentials
  if (isPlain(body)) {
    init.body = JSON.stringify(body)
    if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  } else if (body) init.body = body
  // fetch wants to be told that it cannot read the answer before the question has been sent.
  if (body instanceof ReadableStream) Object.assign(init, { duplex: 'half' })
  return userHeaders.length ? followByHand(fetch, target, init, headers, userHeaders) : fetch(target, init)
}

/**
 * `fetch` takes `Authorization` off when a redirect leads to another origin, but not a header like `X-Api-Key`. A
 * browser hides the target from us: there its own rules hold, under which that origin has to allow such a header first.
 */
async function followByHand(
  fetch: Fetch,
  url: URL,
  init: RequestInit,
  headers: Headers,
  userHeaders: string[],
): Promise<Response> {
  for (let hops = 0; hops <= longestRedirectChain; hops++) {
    const response = await fetch(url, { ...init, redirect: 'manual' })
    if (response.type === 'opaqueredirect') {
      // The server has acted on this request, and would on another one.
      if (init.method !== 'GET')
        throw new StreamError('REDIRECT', 'redirected where it cannot be followed', { retryable: false })
      return fetch(url, init)
    }
    const { status, body } = response
    const location = /^30[12378]$/.test(String(status)) && response.headers.get('Location')
    if (!location) return response
    body?.cancel?.().catch(() => {})
    const next = new URL(location, url)
    if (!/^https?:$/.test(next.protocol))
      throw new StreamError('REDIRECT', `redirected to ${next.protocol}`, { retryable: false })
    if (next.origin !== url.origin) for (const name of userHeaders) headers.delete(name)
    if (status === 303 || (status < 303 && init.method === 'POST')) {
      init.method = 'GET'
      delete init.body
      headers.delete('Content-Type')
    }
    url = next
  }
  throw new StreamError('REDIRECT', `more than ${longestRedirectChain} redirects`, { retryable: false })
}

/** What fetch would send as `[object Object]`. */
const isPlain = (body: unknown): body is object => !!body && Object.getPrototypeOf(body) === Object.prototype

/** Later layers replace what earlier ones say. */
function mergeHeaders(layers: readonly (HeadersInit | undefined)[]): Headers {
  const headers = new Headers()
  for (const layer of layers) new Headers(layer).forEach((value, name) => headers.set(name, value))
  return headers
}

/** A header value is a string of bytes; the standard wants this one's text as UTF-8. */
const utf8Bytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text))

// TypeScript cannot tell a function-typed T from the function form; no option's value is a function.
const ask = async <T>(provided: Provided<T>): Promise<T> =>
  typeof provided === 'function' ? (provided as () => T)() : provided
