import { withoutSecrets } from '../debug.ts'
import { maxTimerMs } from '../env.ts'
import { withoutUndefined } from '../options.ts'
import { validateConfig } from '../validate.ts'
import { followEnvelopes } from './polling-envelopes.ts'
import { createItemFollower } from './polling-items.ts'
import { poll } from './polling-loop.ts'
import { methodOf, request, resolveUrl } from './sse-request.ts'

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
    const { parse, keyOf, interval = parse ? 5000 : 1000, wait = 25, ...rest } = own
    checkNumber('interval', interval, maxTimerMs)
    checkNumber('wait', wait, 30)
    for (const value of [parse, keyOf])
      if (value && typeof value !== 'function') throw new TypeError('parse and keyOf must be functions')
    validateConfig(rest)
    const options = { ...defaults, ...withoutUndefined(rest) }
    const href = typeof url === 'function' ? undefined : resolveUrl(url, options.baseUrl).href
    const { resumeWith } = rest
    const headers = [defaults.headers, own.headers]
    const layers = [{ Accept: 'application/json' }, ...headers]

    const send = (link: Link, signal: AbortSignal, lastEventId: string, change: RequestOptions, held = 0) =>
      request(
        async () => {
          const target = resolveUrl(typeof url === 'function' ? await url() : url, options.baseUrl)
          if (held) target.searchParams.set('wait', String(held))
          return target
        },
        { ...options, ...change },
        layers,
        { ...link, signal, lastEventId, fromStart: !parse && link.fromStart && !lastEventId },
      )

    const byItem = parse && createItemFollower(parse, keyOf, options.fetch)
    const byPosition = { resumeWith: { query: 'since' } }
    const follow = (link: Link) =>
      byItem
        ? byItem(link, (signal, id, fetch) => send(link, signal, resumeWith ? id : '', { resumeWith, fetch }))
        : followEnvelopes(link, wait, (signal, since, held) => send(link, signal, since, byPosition, held))

    return {
      name: 'polling',
      url: withoutSecrets(href ?? '(function)'),
      // It is made to be repeated, whatever its method.
      isUnsafe: false,
      poolKey:
        methodOf(options) === 'GET' && href && !headers.some((each) => typeof each === 'function')
          ? [
              'polling',
              href,
              parse,
              keyOf,
              interval,
              wait,
              options.fetch,
              options.credentials,
              resumeWith?.query,
              // None of them is a function.
              JSON.stringify(headers.map((each) => [...new Headers(each as HeadersInit)])),
            ]
          : undefined,
      connect: (link) => void poll(link, interval, follow(link)),
    }
  }
}

function checkNumber(name: string, value: number, most: number): void {
  if (!(value >= 0 && value <= most)) throw new RangeError(`${name} must be from 0 to ${most}, got ${value}`)
}
