import { createParser } from 'eventsource-parser'

import { maxTimerMs } from '../env.ts'
import { createLineLimit } from './sse-line-limit.ts'

import type { Link } from './transport.ts'

type Sink = Pick<Link, 'comment' | 'event' | 'moved' | 'retry' | 'oversized'>

export interface SseDecoder {
  feed(bytes: Uint8Array): void
}

/**
 * Turns the bytes of one response into blocks, as the standard says at every chunk boundary. What comes before a cut
 * but was not ended by a blank line is never reported.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseDecoder(sink: Sink, maxEventSize: number): SseDecoder {
  // `ignoreBOM` keeps the mark in the text: decoders differ in how they strip one that is split over chunks.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  // The parser's own bound ends it, and forgets the ID of the event that was too long.
  const limit = createLineLimit(maxEventSize)
  let isFirst = true
  let idOnly: string | undefined

  function flushId(): void {
    if (idOnly !== undefined) sink.moved(idOnly)
    idOnly = undefined
  }

  const parser = createParser({
    // Called ahead of the event of the same block; alone where the block has no data.
    onId(id) {
      flushId()
      idOnly = id
    },
    onEvent({ id, event: type = 'message', data }) {
      if (id === undefined) flushId()
      idOnly = undefined
      if (data.length > maxEventSize) sink.oversized({ id, type, data: data.slice(0, 99) })
      else sink.event({ id, type, data })
    },
    onComment(comment) {
      flushId()
      sink.comment(comment)
    },
    onRetry: (ms) => sink.retry(Math.min(ms, maxTimerMs)),
  })
  // Its own check for a byte order mark is spent on this one: it also takes the letters U+00EF U+00BB U+00BF for a mark.
  parser.feed('\uFEFF')

  return {
    feed(bytes) {
      let text = decoder.decode(bytes, { stream: true })
      if (!text) return
      if (isFirst) text = text.replace(/^\uFEFF/, '')
      isFirst = false
      parser.feed(limit(text))
      flushId()
    },
  }
}
