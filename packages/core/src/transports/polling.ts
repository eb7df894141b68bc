import { withoutSecrets } from '../debug.ts'
import { globalFetch, maxTimerMs } from '../env.ts'
import { withoutUndefined } from '../options.ts'
import { chooseTransport } from '../transport-choice.ts'
import { check, validateConfig } from '../validate.ts'
import { followEnvelopes } from './polling-envelopes.ts'
import { createItemFollower } from './polling-items.ts'
import { poll } from './polling-loop.ts'
import { isFunction, mergeHeaders, methodOf, request, resolveUrl } from './sse-request.ts'

import type { Fetch } from '../env.ts'
import type { Provided, RequestOptions } from '../options.ts'
import type { ParseAnswer, PollItem } from './polling-items.ts'
import type { Link, TransportFactory } from './transport.ts'

interface SharedOptions extends Omit<RequestOptions, 'resumeWith'> {
  /**
   * Milliseconds from a request that brought nothing new to the next one, spread by a quarter. Default 1,000 for an
   * endpoint of `steadystream.v1`, where it only matters if the server does not hold requests; 5,000 with `parse`,
   * where it follows every request.
   */
  readonly interval?: number | undefined
}

/** How an endpoint of `steadystream.v1` is polled. */
export interface PollingOptions extends SharedOptions {
  /** Seconds for which the server may hold a request. Default 25, at most 30; less than twice `heartbeatInterval`. */
  readonly wait?: number | undefined
  readonly parse?: undefined
  readonly keyOf?: undefined
  readonly resumeWith?: undefined
}

/** How any endpoint that answers JSON is polled. */
export interface ParsedPollingOptions extends SharedOptions {
  /** Picks the events out of an answer, the oldest first. Throwing is a failed request with the code `PARSE`. */
  readonly parse: ParseAnswer
  /** What tells items apart. Default: their `id`; without either, everything in an answer is new. */
  readonly keyOf?: ((item: PollItem) => string) | undefined
  /** Query parameter in which the ID of the last item travels. Default: it is not sent. */
  readonly resumeWith?: { readonly query: string } | undefined
  readonly wait?: undefined
}

/**
 * Polling, one request at a time: of an endpoint of ours, which holds each until there is something to tell, or, with
 * `parse`, of any endpoint. Pass the result to `createStream`, which throws a `TypeError` or `RangeError` for a wrong
 * option, or if `url` is a value and gives no http(s) URL.
 */
export function polling(
  url: Provided<string | URL>,
  own: PollingOptions | ParsedPollingOptions = {},
): TransportFactory {
  return (defaults) => {
    const { interval = own.parse ? 5000 : 1000, wait = 25, ...rest } = own
    const { parse, keyOf, resumeWith } = rest
    check('interval', interval, `number:0..${maxTimerMs}`)
    check('wait', wait, 'number:0..30')
    validateConfig(rest)
    // `parse` of a stream may be a word.
    if (parse) check('parse', parse, 'function')
    const options = { ...defaults, ...withoutUndefined(rest) }
    const { baseUrl, credentials, fetch = globalFetch } = options
    const method = methodOf(options)
    const href = typeof url === 'function' ? '' : resolveUrl(url, baseUrl).href
    const layers = [{ Accept: 'application/json' }, defaults.headers, own.headers]
    const isShareable = href && method === 'GET' && !layers.some(isFunction)
    const byItem = parse && createItemFollower(parse, keyOf, fetch)

    // Each request shows who it is: by the next one a token may have been refreshed for another stream.
    const send = (link: Link, signal = link.signal, lastEventId = '', change = link.request) =>
      request(url, { ...options, ...change }, layers, {
        ...link,
        signal,
        lastEventId,
        fromStart: !parse && link.fromStart && !lastEventId,
      })
    const heldFetch =
      (seconds: number): Fetch =>
      (input, init) => {
        // What our requests are made with.
        if (seconds) (input as URL).searchParams.set('wait', `${seconds}`)
        return fetch(input, init)
      }
    const follow = (link: Link) =>
      byItem
        ? byItem(link, (signal, id, conditional) =>
            send(link, signal, resumeWith ? id : '', { resumeWith, fetch: conditional }),
          )
        : followEnvelopes(link, wait, (signal, since, held) =>
            send(link, signal, since, { resumeWith: { query: 'since' }, fetch: heldFetch(held) }),
          )

    return {
      name: 'polling',
      choose: chooseTransport,
      url: withoutSecrets(href || '(function)'),
      // It is made to be repeated, whatever its method.
      isUnsafe: false,
      // What a body says is not looked into.
      facts: [options.body ? '' : href, credentials, layers],
      poolKey: isShareable
        ? // None of the layers is a function.
          [
            fetch,
            parse,
            keyOf,
            JSON.stringify([href, credentials, resumeWith, [...mergeHeaders(layers as HeadersInit[])], interval, wait]),
          ]
        : undefined,
      request: send,
      connect: (link) => void poll(link, interval, link.manner?.(wait) ?? follow(link)),
    }
  }
}
