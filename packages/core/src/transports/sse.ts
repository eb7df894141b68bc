import { retryAfterMs } from '../backoff.ts'
import { debug, withoutSecrets } from '../debug.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { createSseDecoder } from './sse-decoder.ts'
import { buildRequest, mergeHeaders, methodOf, resolveUrl, send } from './sse-request.ts'

import type { Provided, RequestOptions } from '../options.ts'
import type { Link, TransportFactory } from './transport.ts'

/** So many bytes are decoded before the consumer is asked again whether it has room. */
const sliceBytes = 65_536

/**
 * Server-sent events over `fetch`: any method, headers and body. Pass the result to `createStream`, which throws a
 * `TypeError` if `url` is a value and gives no http(s) URL.
 */
export function sse(url: Provided<string | URL>, options: RequestOptions = {}): TransportFactory {
  return (defaults) => {
    const request = { ...defaults, ...options, headers: mergeHeaders(defaults.headers, options.headers) }
    const fixedUrl = typeof url === 'function' ? undefined : resolveUrl(url, request.baseUrl)
    const method = methodOf(request)
    return {
      name: 'sse',
      url: fixedUrl === undefined ? '(function)' : withoutSecrets(fixedUrl),
      isUnsafe: method !== 'GET',
      poolKey: poolKeyOf(fixedUrl, method, request),
      connect(link) {
        void receive(url, request, link)
      },
    }
  }
}

function poolKeyOf(
  url: string | undefined,
  method: string,
  { headers, credentials, resumeWith }: RequestOptions,
): string | undefined {
  if (url === undefined || method !== 'GET' || typeof headers === 'function') return undefined
  return JSON.stringify(['sse', url, credentials, resumeWith, [...new Headers(headers)]])
}

async function receive(url: Provided<string | URL>, options: RequestOptions, link: Link): Promise<void> {
  try {
    const request = await unlessAborted(
      link,
      buildRequest(url, options, link),
      'REQUEST',
      'the request could not be built',
    )
    debug('sse', () => `${request.init.method} ${withoutSecrets(request.url)}`)
    const where = withoutSecrets(request.url)
    const response = await unlessAborted(link, send(request), 'NETWORK', `no response from ${where}`, discard)
    const reader = accept(response, link, where)
    if (reader) await read(reader, link)
  } catch (error) {
    // Whatever was aborted has been given up by the stream already, in whatever way the runtime names that.
    if (!link.signal.aborted) link.failed(toStreamError(error, 'NETWORK', 'the connection was lost'))
  }
}

/**
 * Waits for `work`, or no longer once the link is aborted: a user's function may never settle, and not every `fetch`
 * heeds its signal. A result that comes too late goes to `discardResult`.
 */
function unlessAborted<T>(
  { signal }: Link,
  work: Promise<T>,
  code: 'REQUEST' | 'NETWORK',
  message: string,
  discardResult?: (result: T) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    work.then(
      (result) => {
        signal.removeEventListener('abort', onAbort)
        if (signal.aborted) discardResult?.(result)
        resolve(result)
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort)
        reject(toStreamError(error, code, message))
      },
    )
  })
}

/** Judges a response. @returns the reader of an event stream; otherwise the link has been told. */
function accept(response: Response, link: Link, where: string): ReadableStreamDefaultReader<Uint8Array> | undefined {
  const { status, body } = response
  if (status === 200 && isEventStream(response.headers.get('Content-Type'))) {
    // React Native's fetch, for one, has no streaming body.
    if (!body)
      throw new StreamError('NO_BODY', 'the response has no readable body: pass a fetch that streams', {
        retryable: false,
      })
    link.opened()
    return body.getReader()
  }
  discard(response)
  if (status === 204) link.completed()
  else link.failed(refusal(response, link, where))
  return undefined
}

function refusal({ status, headers }: Response, { clock }: Link, where: string): StreamError {
  if (status === 200) {
    const type = headers.get('Content-Type') ?? 'none'
    return new StreamError('CONTENT_TYPE', `expected text/event-stream from ${where}, got ${type}`, {
      retryable: false,
      status,
    })
  }
  return new StreamError(status === 401 ? 'UNAUTHORIZED' : 'HTTP', `${where} answered ${status}`, {
    retryable: status >= 500 || [408, 425, 429].includes(status),
    status,
    retryAfterMs: retryAfterMs(headers.get('Retry-After'), clock.wallNow()),
  })
}

/**
 * The essence that the standard extracts: the last valid one of the comma-separated list.
 * @see https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
 */
function isEventStream(contentType: string | null): boolean {
  const parts = contentType?.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []
  const essences = parts.map((part) => (part.split(';')[0] ?? '').trim().toLowerCase())
  const valid = essences.filter(
    (essence) => /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/.test(essence) && essence !== '*/*',
  )
  return valid.at(-1) === 'text/event-stream'
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, link: Link): Promise<void> {
  // Not awaited: a mocked body may never settle it. It ends a pending read, which an abort does not everywhere.
  const release = () => void reader.cancel().catch(() => {})
  link.signal.addEventListener('abort', release, { once: true })
  try {
    const decoder = createSseDecoder(link, link.maxEventSize)
    while (!link.signal.aborted) {
      await link.ready()
      const { done, value } = await reader.read()
      if (link.signal.aborted) return
      if (done) return link.ended()
      link.bytes(value.byteLength)
      for (let at = 0; at < value.byteLength && !link.signal.aborted; at += sliceBytes) {
        if (at > 0) await link.ready()
        decoder.feed(value.subarray(at, at + sliceBytes))
      }
    }
  } finally {
    link.signal.removeEventListener('abort', release)
    release()
  }
}

function discard({ body }: Response): void {
  body?.cancel().catch(() => {})
}
