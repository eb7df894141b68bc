import { retryAfterMs } from '../backoff.ts'
import { debug, withoutSecrets } from '../debug.ts'
import { StreamError, toStreamError } from '../errors.ts'

import type { Clock } from '../env.ts'
import type { Link } from './transport.ts'

/** What one manner of polling asks, and makes of the answers, for one link. */
export interface Manner {
  ask(signal: AbortSignal): Promise<Response>
  /**
   * Judges an answer (`undefined`: nothing new), calls `open`, and tells the link.
   * @returns whether there is likely to be more by now; `undefined` where there will be none.
   */
  take(body: unknown, response: Response, open: () => void): Promise<boolean | undefined>
}

/** However much there is to tell, requests begin no closer together. */
const leastIntervalMs = 100
/** A link that waits by its own choice is not silent: so often it says so. */
const signOfLifeMs = 20_000
const longestAnswerBytes = 64 * 1024 * 1024

/** One request after the other, until the link is given up. */
export async function poll(link: Link, interval: number, { ask, take }: Manner): Promise<void> {
  const { clock } = link
  // A signal of its own for each request: what listens to it goes with it, and not only with the link.
  let controller: AbortController
  link.signal.addEventListener('abort', () => controller.abort())
  let isOpen = false
  let unheard = 0
  const open = () => {
    if (!isOpen) link.opened()
    isOpen = true
  }
  const heard = (count: number) => (isOpen ? link.bytes(count) : void (unheard += count))
  try {
    for (;;) {
      controller = new AbortController()
      const { signal } = controller
      await link.ready()
      if (link.signal.aborted) return
      const askedAt = clock.now()
      const response = await unlessAborted(signal, ask(signal), discard)
      debug('polling', () => `${response.status} ${withoutSecrets(response.url)}`)
      if (response.status === 204) return link.completed()
      const body = isNews(response, clock) ? await readJson(response, signal, heard) : undefined
      const hasMore = await take(body, response, open)
      if (hasMore === undefined) return link.completed()
      link.bytes(unheard)
      unheard = 0
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
  const type = headers.get('Content-Type') ?? ''
  // JSON goes by many names, but an event stream would never end.
  if (status === 200 && !/^text\/event-stream/i.test(type)) return true
  discard(response)
  if (status === 200) throw noJson(type)
  if (status === 304) return false
  throw new StreamError(status === 401 ? 'UNAUTHORIZED' : 'HTTP', `the server answered ${status}`, {
    retryable: status >= 500 || [408, 425, 429].includes(status),
    status,
    retryAfterMs: retryAfterMs(headers.get('Retry-After'), clock.wallNow()),
  })
}

const noJson = (got: string) =>
  new StreamError('CONTENT_TYPE', `the answer must be JSON, got ${got}`, { retryable: false, status: 200 })

async function readJson(response: Response, signal: AbortSignal, heard: (count: number) => void): Promise<unknown> {
  const text = await readText(response, signal, heard)
  try {
    return JSON.parse(text)
  } catch {
    throw noJson(response.headers.get('Content-Type') ?? '')
  }
}

async function readText(response: Response, signal: AbortSignal, heard: (count: number) => void): Promise<string> {
  const reader = response.body?.getReader?.()
  // React Native has no streaming body, and needs none here.
  if (!reader) return unlessAborted(signal, response.text())
  // Ends a pending read, which an abort does not everywhere. Not awaited: a mocked body may never settle it.
  const release = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', release)
  if (signal.aborted) release()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
    size += value.length
    heard(value.length)
    if (size > longestAnswerBytes) {
      release()
      throw new StreamError('EVENT_TOO_LARGE', `the answer is over ${longestAnswerBytes} bytes`, { retryable: false })
    }
  }
}

/** Rejects on abort, whatever the work does: a user's function may never settle, and not every fetch heeds its signal. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>, discardLate?: (late: T) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', reject)
    work.then((value) => (signal.aborted ? discardLate?.(value) : resolve(value)), reject)
  })
}

/** Ends early on abort. */
function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve)
    signal.addEventListener('abort', () => {
      cancel()
      resolve()
    })
  })
}

// Not every fetch that is passed in gives a body that can be cancelled.
const discard = ({ body }: Response) => void body?.cancel?.().catch(() => {})
