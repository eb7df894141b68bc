import { createParser } from 'eventsource-parser'

import { maxTimerMs } from '../env.ts'

import type { Link } from './transport.ts'

type Sink = Pick<Link, 'comment' | 'event' | 'moved' | 'retry' | 'oversized'>

export interface SseDecoder {
  feed(bytes: Uint8Array): void
}

/** Where a line end follows a line end; in CRLF CRLF, too. */
const blankLine = /\n[\r\n]|\r\r/

/**
 * Turns the bytes of one response into blocks, as the standard says at every chunk boundary. What comes before a cut
 * but was not ended by a blank line is never reported.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseDecoder(sink: Sink, maxEventSize: number): SseDecoder {
  // `ignoreBOM` keeps the mark in the text: decoders differ in how they strip one that is split over chunks.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let isFirst = true
  /** Whether the block in progress is too long, and the rest of it dropped. */
  let isSkipping = false
  /** Characters since the last blank line: what the parser holds. */
  let pendingSize = 0
  let lastUnit = ''
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
      if (isSkipping || data.length > maxEventSize) sink.oversized({ id, type, data: data.slice(0, 99) })
      else sink.event({ id, type, data })
    },
    onComment(comment) {
      flushId()
      sink.comment(comment)
    },
    onRetry: (ms) => sink.retry(Math.min(ms, maxTimerMs)),
  })
  function parse(text: string): void {
    parser.feed(text)
    flushId()
  }
  // Its own check for a byte order mark is spent on this one: it also takes the letters U+00EF U+00BB U+00BF for a mark.
  parse('\uFEFF')

  return {
    feed(bytes) {
      let text = decoder.decode(bytes, { stream: true })
      if (!text) return
      if (isFirst) text = text.replace(/^\uFEFF/, '')
      isFirst = false
      let seam = lastUnit + text
      lastUnit = seam.slice(-1)
      if (isSkipping) {
        const end = seam.search(blankLine)
        if (end < 0) return
        isSkipping = false
        text = seam = seam.slice(end + 2)
      }
      parse(text)
      const blankAt = Math.max(...['\n\n', '\n\r', '\r\r'].map((pattern) => seam.lastIndexOf(pattern)))
      pendingSize = blankAt < 0 ? pendingSize + text.length : seam.length - blankAt - 2
      if (pendingSize <= maxEventSize) return
      isSkipping = true
      pendingSize = 0
      // The parser gives up its memory, and tells the ID, which counts all the same.
      parse('\n\n')
    },
  }
}
