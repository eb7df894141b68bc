import { debug, withoutSecrets } from '../debug.ts'
import { toStreamError } from '../errors.ts'
import { withoutUndefined } from '../options.ts'
import { validateConfig } from '../validate.ts'
import { createSseDecoder } from './sse-decoder.ts'
import { discard, isFunction, mergeHeaders, methodOf, refusal, request, resolveUrl } from './sse-request.ts'

import type { Provided, RequestOptions } from '../options.ts'
import type { Link, TransportFactory } from './transport.ts'

/**
 * Server-sent events over `fetch`: any method, headers and body. Pass the result to `createStream`, which throws a
 * `TypeError` if `url` is a value and gives no http(s) URL, or for a body that fetch would refuse to send.
 */
export function sse(url: Provided<string | URL>, own: RequestOptions = {}): TransportFactory {
  return (defaults) => {
    validateConfig(own)
    const options = { ...defaults, ...withoutUndefined(own) }
    const { baseUrl, credentials, fetch, resumeWith } = options
    const method = methodOf(options)
    const href = typeof url === 'function' ? '' : resolveUrl(url, baseUrl).href
    const layers = [defaults.headers, own.headers]
    const send = (link: Link) => request(url, { ...options, ...link.request }, layers, link)
    const isShareable = href && method === 'GET' && !layers.some(isFunction)
    return {
      name: 'sse',
      url: withoutSecrets(href || '(function)'),
      isUnsafe: method !== 'GET',
      facts: [href, credentials, layers],
      poolKey: isShareable
        ? // None of the layers is a function.
          [fetch, JSON.stringify([href, credentials, resumeWith, [...mergeHeaders(layers as HeadersInit[])]])]
        : undefined,
      request: send,
      connect: (link) => void receive(link, send(link)),
    }
  }
}

async function receive(link: Link, sent: Promise<Response>): Promise<void> {
  const { signal } = link
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  // Not awaited: a mocked body may never settle it.
  const release = () => void reader?.cancel().catch(() => {})
  try {
    // A user's function may never settle, and not every fetch heeds its signal.
    const response = await new Promise<Response>((resolve, reject) => {
      signal.addEventListener('abort', reject)
      sent.then((late) => (signal.aborted ? discard(late) : resolve(late)), reject)
    })
    debug('sse', () => `${response.status} ${withoutSecrets(response.url)}`)
    if (response.status === 204) return link.completed()
    reader = accept(response, link)
    // Ends a pending read, too, which an abort does not everywhere.
    signal.addEventListener('abort', release)
    link.opened()
    const decode = createSseDecoder(link, link.maxEventSize)
    while (!signal.aborted) {
      await link.ready()
      const { done, value } = await reader.read()
      if (done) return link.ended()
      // The consumers may have gone while the read was pending, and the next one is to get this, too.
      for (let room; (room = link.ready());) await room
      decode(value)
      link.bytes(value.length)
    }
  } catch (error) {
    link.failed(toStreamError(error, 'NETWORK', 'connection failed'))
  } finally {
    release()
  }
}

/** @throws {StreamError} for a response that is no event stream. */
function accept(response: Response, { clock }: Link): ReadableStreamDefaultReader<Uint8Array> {
  const { status, headers, body } = response
  const type = headers.get('Content-Type') ?? ''
  // Of several types the last one counts.
  const isEventStream = /(^|,)\s*text\/event-stream\s*(;[^,]*)?$/i.test(type)
  if (status === 200 && isEventStream && body) return body.getReader()
  discard(response)
  throw isEventStream
    ? // React Native's fetch, for one, has no streaming body.
      refusal(response, clock, 'NO_BODY', 'no body: pass a fetch that streams')
    : refusal(response, clock, 'CONTENT_TYPE', `Content-Type must be text/event-stream, got ${type}`)
}
