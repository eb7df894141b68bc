import { documentUrl, globalFetch } from '../env.ts'
import { StreamError } from '../errors.ts'

import type { Provided, RequestOptions } from '../options.ts'
import type { Link } from './transport.ts'

export interface SseRequest {
  readonly url: string
  readonly init: RequestInit & { headers: Headers }
  readonly fetch: typeof fetch
  /** Whether the user's own headers go along, which no other origin may see. */
  readonly hasUserHeaders: boolean
}

const longestRedirectChain = 20

/**
 * Makes a URL absolute: `url` itself, or appended to `baseUrl`, resolved against the page.
 * @throws {TypeError} naming the URL, where that gives no http(s) URL.
 */
export function resolveUrl(url: string | URL, baseUrl: string | URL | undefined): string {
  const text = String(url)
  const isAbsolute = /^[a-z][a-z\d+.-]*:|^\/\//i.test(text)
  const joined =
    baseUrl === undefined || isAbsolute ? text : `${String(baseUrl).replace(/\/+$/, '')}/${text.replace(/^\/+/, '')}`
  let resolved
  try {
    resolved = new URL(joined, documentUrl())
  } catch (error) {
    throw new TypeError(`url must be an absolute URL here, or relative to baseUrl, got ${JSON.stringify(joined)}`, {
      cause: error,
    })
  }
  if (!/^https?:$/.test(resolved.protocol)) throw new TypeError(`url must be http: or https:, got ${resolved.protocol}`)
  if (resolved.username || resolved.password)
    throw new TypeError('url must not hold credentials: send an Authorization header')
  return resolved.href
}

/** Asks the user's functions and puts one attempt's request together. */
export async function buildRequest(
  url: Provided<string | URL>,
  options: RequestOptions,
  link: Link,
): Promise<SseRequest> {
  const [address, userHeaders, body] = await Promise.all([ask(url), ask(options.headers), ask(options.body)])
  const target = new URL(resolveUrl(address, options.baseUrl))
  const headers = new Headers(userHeaders)
  const hasUserHeaders = [...headers.keys()].length > 0
  if (!headers.has('Accept')) headers.set('Accept', 'text/event-stream')
  const isJson = isPlainData(body)
  if (isJson && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json')

  const { resumeWith = 'header' } = options
  if (link.fromStart) target.searchParams.set('from', 'start')
  if (link.lastEventId !== '') {
    if (resumeWith === 'header') headers.set('Last-Event-ID', utf8Bytes(link.lastEventId))
    else target.searchParams.set(resumeWith.query, link.lastEventId)
  }
  const init: SseRequest['init'] = { method: methodOf(options), headers, cache: 'no-store', signal: link.signal }
  // A runtime without cookies may throw for the mere presence of this property.
  if (options.credentials) init.credentials = options.credentials
  // A plain object is the only thing of ours that fetch does not take.
  if (body !== undefined && body !== null) init.body = isJson ? JSON.stringify(body) : (body as BodyInit)
  return { url: target.href, init, fetch: options.fetch ?? globalFetch, hasUserHeaders }
}

/** @throws {TypeError} for a body that fetch would refuse to send with the method. */
export function methodOf({ method, body }: RequestOptions): string {
  const hasBody = body !== undefined && body !== null
  const name = (method ?? (hasBody ? 'POST' : 'GET')).toUpperCase()
  if (hasBody && /^(GET|HEAD)$/.test(name))
    throw new TypeError(`a ${name} request cannot have a body: leave method out, or use POST`)
  return name
}

/** `own` on top of `defaults`; a function if one of them is. */
export function mergeHeaders(
  defaults: RequestOptions['headers'],
  own: RequestOptions['headers'],
): RequestOptions['headers'] {
  if (!defaults || !own) return own ?? defaults
  if (typeof defaults !== 'function' && typeof own !== 'function') return merged(defaults, own)
  return async () => merged(await ask(defaults), await ask(own))
}

function merged(defaults: HeadersInit, own: HeadersInit): Headers {
  const headers = new Headers(defaults)
  new Headers(own).forEach((value, name) => headers.set(name, value))
  return headers
}

/**
 * Sends it. `fetch` takes `Authorization` off when a redirect leads to another origin, but not a header like
 * `X-Api-Key`; so with headers of the user's we follow by hand. A browser hides the target from us: there its own rules
 * hold, under which the other origin has to allow such a header first.
 */
export async function send({ url, init, fetch, hasUserHeaders }: SseRequest): Promise<Response> {
  if (!hasUserHeaders) return fetch(url, init)
  let target = url
  let current: SseRequest['init'] = { ...init, redirect: 'manual' }
  for (let hops = 0; hops <= longestRedirectChain; hops++) {
    const response = await fetch(target, current)
    if (response.type === 'opaqueredirect') return fetch(target, { ...current, redirect: 'follow' })
    const location = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('Location') : null
    if (location === null) return response
    response.body?.cancel().catch(() => {})
    const next = new URL(location, target)
    current = redirected(current, response.status, next.origin === new URL(target).origin)
    target = next.href
  }
  throw new StreamError('REDIRECT', `${url} redirects more than ${longestRedirectChain} times`, { retryable: false })
}

/** The request after a redirect, as fetch has it, but without any header of the user's for another origin. */
function redirected(init: SseRequest['init'], status: number, sameOrigin: boolean): SseRequest['init'] {
  const { body, ...rest } = init
  const becomesGet = status === 303 || (status < 303 && init.method === 'POST')
  const kept = new Headers(init.headers)
  const contentType = kept.get('Content-Type')
  if (!sameOrigin) for (const name of [...kept.keys()]) if (!/^(accept|last-event-id)$/.test(name)) kept.delete(name)
  if (becomesGet) kept.delete('Content-Type')
  else if (contentType) kept.set('Content-Type', contentType)
  if (becomesGet || body === undefined)
    return { ...rest, method: becomesGet ? 'GET' : (init.method ?? 'GET'), headers: kept }
  return { ...rest, headers: kept, body }
}

async function ask<T>(provided: Provided<T>): Promise<T> {
  // TypeScript cannot tell a function-typed T from the function form; no option's value is a function.
  return typeof provided === 'function' ? (provided as () => T | PromiseLike<T>)() : provided
}

function isPlainData(body: unknown): boolean {
  const prototype = typeof body === 'object' && body !== null ? Object.getPrototypeOf(body) : undefined
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}

/** A header value is a string of bytes; the standard wants this one's text as UTF-8. */
function utf8Bytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text))
}
