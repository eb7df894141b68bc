import { createParser } from 'eventsource-parser'

import { maxTimerMs } from '../env.ts'

import type { Link } from './transport.ts'

type Sink = Pick<Link, 'comment' | 'event' | 'moved' | 'retry' | 'oversized'>

export interface SseDecoder {
  feed(bytes: Uint8Array): void
}

const byteOrderMark = '\uFEFF'
// Two line ends in a row make a blank line; CRLF CRLF holds the second pattern.
const blankLines = ['\n\n', '\n\r', '\r\r']

/**
 * Turns the bytes of one response into blocks, as the standard says at every chunk boundary. What comes before a cut
 * but was not ended by a blank line is never reported.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseDecoder(sink: Sink, maxEventSize: number): SseDecoder {
  // `ignoreBOM` keeps the mark in the text: decoders differ in how they strip one that is split over chunks.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let isFirst = true
  let isSkipping = false
  let skipper = createBlockSkipper()
  const blocks = createBlockReader(sink, maxEventSize)

  function feedText(text: string): void {
    if (isSkipping) {
      const rest = skipper.skip(text)
      if (rest === undefined) return
      isSkipping = false
      if (skipper.id !== undefined) sink.moved(skipper.id)
      text = rest
    }
    if (text === '') return
    const lastUnit = blocks.feed(text)
    if (blocks.pendingSize <= maxEventSize) return
    // The rest of this block is dropped, whatever its size; its ID still counts.
    blocks.abandon()
    isSkipping = true
    skipper = createBlockSkipper(lastUnit)
  }

  return {
    feed(bytes) {
      let text = decoder.decode(bytes, { stream: true })
      if (isFirst && text !== '') {
        isFirst = false
        if (text.startsWith(byteOrderMark)) text = text.slice(1)
      }
      feedText(text)
    },
  }
}

/** The parser with what the standard asks for and it leaves to its caller. */
function createBlockReader(sink: Sink, maxEventSize: number) {
  let idOnly: string | undefined
  let isAbandoning = false
  let pendingSize = 0
  let lastUnit = ''

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
    onEvent({ id, event, data }) {
      if (id === undefined) flushId()
      idOnly = undefined
      const received = { id, type: event ?? 'message', data }
      if (isAbandoning || data.length > maxEventSize) sink.oversized({ ...received, data: data.slice(0, 100) })
      else sink.event(received)
    },
    onComment(comment) {
      flushId()
      if (!isAbandoning) sink.comment(comment)
    },
    onRetry: (ms) => sink.retry(Math.min(ms, maxTimerMs)),
  })
  // Its own check for a byte order mark is spent on this one: it also takes the letters U+00EF U+00BB U+00BF for a mark.
  parser.feed(byteOrderMark)

  return {
    /** Characters since the last blank line: what the parser holds for the block in progress. */
    get pendingSize() {
      return pendingSize
    },
    /** @returns the last character seen */
    feed(text: string): string {
      const seam = lastUnit + text
      const blankAt = Math.max(...blankLines.map((pattern) => seam.lastIndexOf(pattern)))
      pendingSize = blankAt < 0 ? pendingSize + text.length : seam.length - blankAt - 2
      lastUnit = seam.slice(-1)
      parser.feed(text)
      flushId()
      return lastUnit
    },
    /** Ends the block in progress, so that the parser gives up its memory and tells the ID. */
    abandon(): void {
      isAbandoning = true
      parser.feed('\n\n')
      flushId()
      isAbandoning = false
      pendingSize = 0
      lastUnit = ''
    },
  }
}

/** An ID longer than this is no ID: nothing could send it back. */
const longestId = 4096

/** Reads over the rest of a block, keeping nothing but the last `id` line. `after` is the character before it. */
function createBlockSkipper(after = '\n') {
  let line = after === '\n' || after === '\r' ? '' : '-'
  let afterReturn = after === '\r'
  let id: string | undefined
  return {
    get id() {
      return id
    },
    /** @returns what follows the block, or `undefined` while it goes on. */
    skip(text: string): string | undefined {
      for (let at = afterReturn && text[0] === '\n' ? 1 : 0; at < text.length;) {
        afterReturn = false
        const end = at + text.slice(at).search(/[\r\n]|$/)
        line += text.slice(at, Math.min(end, at + longestId))
        if (end === text.length) {
          line = line.slice(0, longestId)
          return undefined
        }
        const isReturn = text[end] === '\r'
        at = end + (isReturn && text[end + 1] === '\n' ? 2 : 1)
        afterReturn = isReturn && at === text.length
        if (line === '') return text.slice(at)
        if (/^id(:|$)/.test(line) && !line.includes('\0')) id = line.slice(3).replace(/^ /, '')
        line = ''
      }
      return undefined
    },
  }
}
