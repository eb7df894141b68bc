import { retryAfterMs } from '../backoff.ts'
import { StreamError, toStreamError } from '../errors.ts'

import type { Clock } from '../env.ts'
import type { Link } from './transport.ts'

/** What one manner of polling asks, and makes of the answers, for one link. */
export interface Manner {
  ask(signal: AbortSignal, isFirst: boolean): Promise<Response>
  /**
   * Judges an answer (`undefined`: nothing new), and tells the link; with the first one, that it is open.
   * @returns whether there is likely to be more by now; `undefined` where there will be none.
   */
  take(body: unknown, response: Response, isFirst: boolean): Promise<boolean | undefined>
}

/** However much there is to tell, requests begin no closer together. */
const leastIntervalMs = 100
/** A link that waits by its own choice is not silent: so often it says so. */
const signOfLifeMs = 20_000
const longestAnswerBytes = 64 * 1024 * 1024

/** One request after the other, until the link is given up. */
export async function poll(link: Link, interval: number, { ask, take }: Manner): Promise<void> {
  const { clock } = link
  // One for each request, since a runtime's fetch may leave a listener on the signal. Our own waits come one at a time,
  // and share its `onabort`.
  let controller = new AbortController()
  link.signal.addEventListener('abort', () => controller.abort())
  try {
    for (let isFirst = true; ; isFirst = false) {
      await link.ready()
      if (link.signal.aborted) return
      const { signal } = (controller = new AbortController())
      const askedAt = clock.now()
      const response = await unlessAborted(signal, ask(signal, isFirst), discard)
      const { status } = response
      let size = 0
      const body = isNews(response, clock) ? await read(response, signal, (count) => (size += count)) : undefined
      const hasMore = status === 204 ? undefined : await take(body, response, isFirst)
      if (hasMore === undefined) return link.completed()
      link.bytes(size)
      const intervalMs = hasMore ? 0 : interval * (0.75 + clock.random() / 2)
      let leftMs = askedAt + Math.max(intervalMs, leastIntervalMs) - clock.now()
      for (; leftMs > 0 && !signal.aborted; leftMs -= signOfLifeMs) {
        await sleep(clock, Math.min(leftMs, signOfLifeMs), signal)
        link.bytes(0)
      }
    }
  } catch (error) {
    link.failed(toStreamError(error, 'NETWORK', 'connection failed'))
  }
}

/** Judges a response. @returns whether its body is to be read. */
function isNews(response: Response, clock: Clock): boolean {
  const { status, headers } = response
  // JSON goes by many names, but an event stream would never end.
  if (status === 200 && !/event-stream/i.test(typeOf(response))) return true
  discard(response)
  if (status === 200) throw noJson(response)
  if (status === 204 || status === 304) return false
  throw new StreamError(status === 401 ? 'UNAUTHORIZED' : 'HTTP', `the server answered ${status}`, {
    retryable: status >= 500 || [408, 425, 429].includes(status),
    status,
    retryAfterMs: retryAfterMs(headers.get('Retry-After'), clock.wallNow()),
  })
}

const typeOf = ({ headers }: Response) => `${headers.get('Content-Type')}`

const noJson = (response: Response) =>
  new StreamError('CONTENT_TYPE', `the answer must be JSON, got ${typeOf(response)}`, { retryable: false, status: 200 })

async function read(response: Response, signal: AbortSignal, came: (count: number) => number): Promise<unknown> {
  const reader = response.body?.getReader?.()
  const decoder = new TextDecoder()
  let text = ''
  if (reader) {
    // Ends a pending read, which an abort does not everywhere. Not awaited: a mocked body may never settle it.
    const release = () => void reader.cancel().catch(() => {})
    signal.onabort = release
    if (signal.aborted) release()
    for (let next; !(next = await reader.read()).done;) {
      text += decoder.decode(next.value, { stream: true })
      if (came(next.value.length) > longestAnswerBytes) {
        release()
        throw new StreamError('EVENT_TOO_LARGE', `the answer is over ${longestAnswerBytes} bytes`, { retryable: false })
      }
    }
    // React Native has no streaming body, and needs none here.
  } else text = await unlessAborted(signal, response.text())
  try {
    return JSON.parse(text + decoder.decode())
  } catch {
    throw noJson(response)
  }
}

/** Rejects on abort, whatever the work does: a user's function may never settle, and not every fetch heeds its signal. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>, discardLate?: (late: T) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.onabort = reject
    work.then((value) => (signal.aborted ? discardLate?.(value) : resolve(value)), reject)
  })
}

/** Ends early on abort. */
function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve)
    signal.onabort = () => resolve(cancel())
  })
}

// Not every fetch that is passed in gives a body that can be cancelled.
const discard = ({ body }: Response) => void body?.cancel?.().catch(() => {})
