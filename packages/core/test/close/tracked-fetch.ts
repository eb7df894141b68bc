import { setMaxListeners } from 'node:events'

import type { Fetch } from '../../src/env.ts'

/** The body of one answer, as its server writes it. */
export interface TrackedBody {
  write(text: string): void
  end(): void
  /** Breaks the link. */
  fail(): void
}

export interface TrackedFetch {
  readonly fetch: Fetch
  /** Requests so far. */
  readonly asked: () => number
  /** Requests that wait and have not been aborted, and bodies that were neither read to their end nor cancelled. */
  readonly open: () => number
  /** Answers the request that has waited longest. Without `text` the body stays open. */
  answer(status: number, options?: AnswerOptions): TrackedBody
  /** Fails it. */
  fail(): void
  /** Answers everything that still waits, whether or not anybody wants it. */
  answerRest(): void
}

interface AnswerOptions {
  /** Which request is meant. */
  readonly to?: string
  readonly text?: string
  readonly headers?: Record<string, string>
  /** A body that cannot be streamed, as React Native has it. */
  readonly isWhole?: boolean
}

interface Waiting {
  readonly path: string
  readonly signal: AbortSignal | null | undefined
  resolve(response: Response): void
  reject(error: unknown): void
}

/** @param heedsSignal whether an abort ends what waits, as it should; not every fetch that is passed in does that */
export function trackFetch(heedsSignal: boolean): TrackedFetch {
  let waiting: Waiting[] = []
  const bodies = new Set<object>()
  let count = 0

  function take(to = ''): Waiting {
    const found = waiting.find(({ path }) => path.startsWith(to))
    if (!found) throw new Error(`nothing waits for an answer ${to}`)
    waiting = waiting.filter((each) => each !== found)
    return found
  }

  function makeBody(signal: AbortSignal | null | undefined): readonly [ReadableStream<Uint8Array>, TrackedBody] {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    const over = (act: (own: ReadableStreamDefaultController<Uint8Array>) => void) => {
      if (controller && bodies.delete(controller)) act(controller)
    }
    const stream = new ReadableStream<Uint8Array>({
      start(own) {
        bodies.add((controller = own))
      },
      cancel: () => over(() => {}),
    })
    if (heedsSignal) signal?.addEventListener('abort', () => over((own) => own.error(signal.reason)))
    return [
      stream,
      {
        write: (text) => controller && bodies.has(controller) && controller.enqueue(new TextEncoder().encode(text)),
        end: () => over((own) => own.close()),
        fail: () => over((own) => own.error(new TypeError('terminated'))),
      },
    ]
  }

  function answer(
    { resolve, signal }: Waiting,
    status: number,
    { text, headers = {}, isWhole }: AnswerOptions = {},
  ): TrackedBody {
    const [stream, body] = makeBody(signal)
    // These statuses allow no body.
    const isEmpty = status === 204 || status === 304
    if (isWhole || isEmpty) body.end()
    const response = new Response(isEmpty ? null : isWhole ? text : stream, { status, headers })
    if (isWhole) Object.defineProperty(response, 'body', { value: null })
    resolve(response)
    if (text === undefined) return body
    // In two pieces, so that there is something to wait for between them.
    body.write(text.slice(0, text.length >> 1))
    body.write(text.slice(text.length >> 1))
    body.end()
    return body
  }

  return {
    fetch: (input, init) =>
      new Promise((resolve, reject) => {
        const signal = init?.signal
        if (heedsSignal && signal?.aborted) return reject(signal.reason as Error)
        count++
        // All commands beside a stream share its signal, and here nothing takes its listeners off again.
        if (signal) setMaxListeners(0, signal)
        // What the transports pass.
        const own: Waiting = { path: (input as URL).pathname, signal, resolve, reject }
        waiting.push(own)
        if (heedsSignal)
          signal?.addEventListener('abort', () => {
            waiting = waiting.filter((each) => each !== own)
            reject(signal.reason as Error)
          })
      }),
    asked: () => count,
    open: () => bodies.size + waiting.filter(({ signal }) => !signal?.aborted).length,
    answer: (status, options) => answer(take(options?.to), status, options),
    fail: () => take().reject(new TypeError('fetch failed')),
    answerRest() {
      for (const each of waiting.splice(0)) answer(each, 200, { headers: { 'Content-Type': 'text/event-stream' } })
    },
  }
}
