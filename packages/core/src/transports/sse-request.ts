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
  defaults: RequestOptions,
  link: Link,
): Promise<Response> {
  const { resumeWith = 'header', fetch = globalFetch, credentials } = options
  const asked = Promise.all([
    ask(url).then((address) => resolveUrl(address, options.baseUrl)),
    ask(options.headers),
    ask(defaults.headers),
    ask(options.body),
  ])
  const [target, own, shared, body] = await asked.catch((error: unknown) => {
    throw toStreamError(error, 'REQUEST', 'url, headers or body could not be had')
  })
  const headers = new Headers(shared)
  new Headers(own).forEach((value, name) => headers.set(name, value))
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
    if (response.type === 'opaqueredirect') return fetch(url, init)
    const { status, body } = response
    const location = /^30[12378]$/.test(String(status)) && response.headers.get('Location')
    if (!location) return response
    body?.cancel().catch(() => {})
    const next = new URL(location, url)
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

/** A header value is a string of bytes; the standard wants this one's text as UTF-8. */
const utf8Bytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text))

// TypeScript cannot tell a function-typed T from the function form; no option's value is a function.
const ask = async <T>(provided: Provided<T>): Promise<T> =>
  typeof provided === 'function' ? (provided as () => T)() : provided
