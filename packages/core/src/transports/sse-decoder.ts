import { createParser } from 'eventsource-parser'

import { maxTimerMs } from '../env.ts'

import type { Link } from './transport.ts'

type Sink = Pick<Link, 'comment' | 'event' | 'moved' | 'retry' | 'oversized'>

/**
 * Turns the bytes of one response, chunk by chunk, into blocks, as the standard says at every chunk boundary. What comes
 * before a cut but was not ended by a blank line is never reported.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseDecoder(sink: Sink, maxEventSize: number): (bytes: Uint8Array) => void {
  // `ignoreBOM` keeps the mark in the text: decoders differ in how they strip one that is split over chunks.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let isFirst = true
  let idOnly: string | undefined
  /** First letters of the line, enough to know its field. */
  let head = ''
  let lineSize = 0
  /** Characters of data in the block's earlier lines, never more than there are. */
  let dataSize = 0

  const parser = createParser({
    // Called ahead of the event of the same block; alone where the block has no data.
    onId: (id) => (idOnly = id),
    onEvent({ id, event: type = 'message', data }) {
      idOnly = undefined
      dataSize = 0
      if (data.length > maxEventSize) sink.oversized({ id, type, data: data.slice(0, 99) })
      else sink.event({ id, type, data })
    },
    onComment: sink.comment,
    onRetry: (ms) => sink.retry(Math.min(ms, maxTimerMs)),
  })
  // Its own check for a byte order mark is spent on this one: it also takes the letters U+00EF U+00BB U+00BF for a mark.
  parser.feed('\uFEFF')

  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true })
    if (isFirst && text) {
      text = text.replace(/^\uFEFF/, '')
      isFirst = false
    }
    for (const [, line = '', ends] of text.matchAll(/([^\r\n]*)([\r\n]*)/g)) {
      if (head.length < 5) head += line.slice(0, 5)
      const isData = /^data(:|$)/.test(head)
      // The parser is not to hold more of a block's data, or of another line, than `data: ` and one character over the
      // limit, by which it still shows as too long. Its own bound would end it, and forget the ID of what was too long.
      const room = maxEventSize + 7 - lineSize - (isData ? dataSize : 0)
      // Cut with NUL, which makes the parser ignore an ID of which it got half; and no line becomes a blank one.
      const kept = line.length <= room ? line : room < 0 && lineSize ? '' : `${line.substring(0, room)}\0`
      lineSize += line.length
      if (ends) {
        // Counts a space after the colon, be there one or not, and the line feed that joins the lines.
        if (isData) dataSize += Math.max(lineSize - 6, 0) + 1
        lineSize = 0
        head = ''
      }
      parser.feed(kept + ends)
      if (idOnly !== undefined) sink.moved(idOnly)
      idOnly = undefined
    }
  }
}
