import { toStreamError } from '../errors.ts'
import { discard, refusal } from './sse-request.ts'

import type { Clock } from '../env.ts'
import type { StreamError } from '../errors.ts'
import type { Link, Manner } from './transport.ts'

/** However much there is to tell, requests begin no closer together. */
const leastIntervalMs = 100
/** A link that waits by its own choice is not silent: so often it says so. */
const signOfLifeMs = 20_000
const longestAnswerBytes = 67_108_864

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
      const response = await ask(signal, isFirst)
      if (signal.aborted) return discard(response)
      const [text, size] = await read(response, signal)
      const hasMore = response.status === 204 ? undefined : await take(parse(text, response, clock), response, isFirst)
      if (hasMore === undefined) return link.completed()
      link.bytes(size)
      const intervalMs = hasMore ? 0 : interval * (0.75 + clock.random() / 2)
      let leftMs = askedAt + Math.max(intervalMs, leastIntervalMs) - clock.now()
      for (; leftMs > 0 && !signal.aborted; leftMs -= signOfLifeMs) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(Math.min(leftMs, signOfLifeMs), resolve)
          signal.onabort = () => resolve(cancel())
        })
        link.bytes(0)
      }
    }
  } catch (error) {
    link.failed(toStreamError(error, 'NETWORK', 'connection failed'))
  }
}

const typeOf = ({ headers }: Response) => headers.get('Content-Type') ?? ''

/** Text and bytes of a body; of one that holds no answer, none. */
async function read(response: Response, signal: AbortSignal): Promise<readonly [string, number]> {
  const { status, body } = response
  let text = ''
  let size = 0
  // JSON goes by many names, but an event stream would never end.
  if (status !== 200 || /event-stream/i.test(typeOf(response))) discard(response)
  else if (!body?.getReader)
    text = await response.text() // React Native has no streaming body, and needs none here.
  else {
    const reader = body.getReader()
    const decoder = new TextDecoder()
    // Ends a pending read, which an abort does not everywhere. Not awaited: a mocked body may never settle it.
    const release = () => void reader.cancel().catch(() => {})
    signal.onabort = release
    for (let next; !(next = await reader.read()).done && size <= longestAnswerBytes;) {
      text += decoder.decode(next.value, { stream: true })
      size += next.value.length
    }
    release()
    // Of what is too long, this is no JSON either.
    text += decoder.decode()
  }
  return [text, size]
}

function parse(text: string, response: Response, clock: Clock): unknown {
  try {
    return response.status === 304 ? undefined : JSON.parse(text)
  } catch {
    throw refuse(response, clock)
  }
}

/** What is wrong with a response that holds no answer. */
export const refuse = (response: Response, clock: Clock, needed = 'JSON up to 64 MiB'): StreamError =>
  refusal(response, clock, 'CONTENT_TYPE', `must be ${needed}, got ${typeOf(response)}`)
