import { retryAfterMs } from '../backoff.ts'
import { debug, withoutSecrets } from '../debug.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { withoutUndefined } from '../options.ts'
import { validateConfig } from '../validate.ts'
import { createSseDecoder } from './sse-decoder.ts'
import { methodOf, request, resolveUrl } from './sse-request.ts'

import type { Provided, RequestOptions } from '../options.ts'
import type { Link, TransportFactory } from './transport.ts'

/** So many bytes are decoded before the consumer is asked again whether it has room. */
const sliceBytes = 65_536

/**
 * Server-sent events over `fetch`: any method, headers and body. Pass the result to `createStream`, which throws a
 * `TypeError` if `url` is a value and gives no http(s) URL.
 */
export function sse(url: Provided<string | URL>, own: RequestOptions = {}): TransportFactory {
  return (defaults) => {
    validateConfig(own)
    const options = { ...defaults, ...withoutUndefined(own) }
    const method = methodOf(options)
    const href = typeof url === 'function' ? undefined : resolveUrl(url, options.baseUrl).href
    const { credentials, resumeWith } = options
    const headers = [defaults.headers, own.headers]
    const isShareable = href && method === 'GET' && !headers.some((each) => typeof each === 'function')
    return {
      name: 'sse',
      url: withoutSecrets(href ?? '(function)'),
      isUnsafe: method !== 'GET',
      // Neither is a function.
      poolKey: isShareable
        ? [
            options.fetch,
            JSON.stringify([
              href,
              credentials,
              resumeWith,
              headers.map((each) => [...new Headers(each as HeadersInit)]),
            ]),
          ]
        : undefined,
      connect: (link) => void receive(link, () => request(url, options, headers, link)),
    }
  }
}

async function receive(link: Link, send: () => Promise<Response>): Promise<void> {
  const { signal } = link
  try {
    // A user's function may never settle, and not every fetch heeds its signal.
    const response = await new Promise<Response>((resolve, reject) => {
      signal.addEventListener('abort', reject, { once: true })
      send().then((late) => (signal.aborted ? discard(late) : resolve(late)), reject)
    })
    debug('sse', () => `${response.status} ${withoutSecrets(response.url)}`)
    const body = accept(response, link)
    if (body) await read(body.getReader(), link)
  } catch (error) {
    link.failed(toStreamError(error, 'NETWORK', 'connection failed'))
  }
}

/** Judges a response. @returns the body of an event stream. */
function accept(response: Response, { opened, completed, clock }: Link): Response['body'] {
  const { status, headers, body } = response
  const type = headers.get('Content-Type')
  if (status === 200 && isEventStream(type ?? '')) {
    // React Native's fetch, for one, has no streaming body.
    if (!body)
      throw new StreamError('NO_BODY', 'the response has no readable body: pass a fetch that streams', {
        retryable: false,
      })
    opened()
    return body
  }
  discard(response)
  if (status === 200)
    throw new StreamError('CONTENT_TYPE', `Content-Type must be text/event-stream, got ${type}`, {
      retryable: false,
      status,
    })
  if (status !== 204) {
    throw new StreamError(status === 401 ? 'UNAUTHORIZED' : 'HTTP', `the server answered ${status}`, {
      retryable: status >= 500 || [408, 425, 429].includes(status),
      status,
      retryAfterMs: retryAfterMs(headers.get('Retry-After'), clock.wallNow()),
    })
  }
  completed()
  return null
}

/**
 * Whether the type is the one of the standard. Of several, the last valid one counts; commas may stand in quotes.
 * @see https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
 */
function isEventStream(contentType: string): boolean {
  const parts = contentType.match(/([^,"]|"([^"\\]|\\.)*"?)+/g) ?? []
  const essences = parts.map((part) => part.replace(/;.*$/s, '').trim().toLowerCase())
  return essences.findLast((essence) => /^[^\s/]+\/[^\s/]+$/.test(essence) && essence !== '*/*') === 'text/event-stream'
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, link: Link): Promise<void> {
  const { signal } = link
  // Ends a pending read, which an abort does not everywhere. Not awaited: a mocked body may never settle it.
  const release = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', release)
  try {
    const decoder = createSseDecoder(link, link.maxEventSize)
    for (;;) {
      await link.ready()
      const { done, value } = await reader.read()
      if (done) return link.ended()
      for (let at = 0; at < value.length; at += sliceBytes) {
        // Again: the consumers may have gone while the read was pending, and the next one is to get this, too.
        const room = link.ready()
        if (room) await room
        if (signal.aborted) return
        decoder.feed(value.subarray(at, at + sliceBytes))
      }
      link.bytes(value.length)
    }
  } finally {
    release()
  }
}

// Not every fetch that is passed in gives a body that can be cancelled.
const discard = ({ body }: Response) => void body?.cancel?.().catch(() => {})
