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
  /** Characters fed since the last event, never less than there are. */
  let held = 0

  const parser = createParser({
    // Called ahead of the event of the same block; alone where the block has no data.
    onId(id) {
      flushId()
      idOnly = id
    },
    onEvent({ id, event: type = 'message', data }) {
      if (id === undefined) flushId()
      idOnly = undefined
      dataSize = held = 0
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

  function flushId(): void {
    if (idOnly !== undefined) sink.moved(idOnly)
    idOnly = undefined
  }

  function feed(text: string): void {
    parser.feed(text)
    flushId()
  }

  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true })
    if (isFirst && text) {
      text = text.replace(/^\uFEFF/, '')
      isFirst = false
    }
    held += text.length
    if (held <= maxEventSize) {
      feed(text)
      const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
      lineSize = text.length - end + (end ? 0 : lineSize)
      head = ((end ? '' : head) + text.slice(end, end + 5)).slice(0, 5)
      // Events may have come first.
      held ||= text.length
      return
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
      feed(kept + ends)
    }
  }
}
