import { emptyOutcome } from './outcome.ts'

import type { Outcome } from './outcome.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const colon = 0x3a
const space = 0x20
const byteOrderMark = 0xfeff
const replacement = 0xfffd

/**
 * The standard's algorithm, word for word and on whole streams only: slow, and with nothing to go wrong at a chunk
 * boundary.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function interpret(bytes: Uint8Array): Outcome {
  const outcome = emptyOutcome()
  let data = ''
  let eventType = ''
  let lastEventIdBuffer = ''

  function dispatch(): void {
    // "Set the last event ID string to the value of the last event ID buffer", with or without data.
    outcome.lastEventId = lastEventIdBuffer
    if (data !== '') {
      // The data buffer ends in LF here: each data field appended one.
      const event = { type: eventType === '' ? 'message' : eventType, data: data.slice(0, -1), id: lastEventIdBuffer }
      outcome.events.push(event)
    }
    data = ''
    eventType = ''
  }

  function processField(name: string, value: string): void {
    if (name === 'event') eventType = value
    if (name === 'data') data += `${value}\n`
    if (name === 'id' && !value.includes('\u0000')) lastEventIdBuffer = value
    if (name === 'retry' && isDigits(value)) outcome.retry = Number(value)
  }

  for (const line of linesOf(decodeUtf8(bytes))) {
    const colonAt = line.indexOf(colon)
    if (line.length === 0) dispatch()
    else if (colonAt === 0) outcome.comments.push(text(withoutSpace(line.slice(1))))
    else if (colonAt > 0) processField(text(line.slice(0, colonAt)), text(withoutSpace(line.slice(colonAt + 1))))
    else processField(text(line), '')
  }
  return outcome
}

/** Lines that have their end; what follows the last line end is no line, and a block without its blank line is dropped. */
function linesOf(codePoints: readonly number[]): number[][] {
  const lines: number[][] = []
  let line: number[] = []
  const start = codePoints[0] === byteOrderMark ? 1 : 0
  for (let at = start; at < codePoints.length; at += 1) {
    const codePoint = codePoints[at] ?? 0
    if (codePoint !== lineFeed && codePoint !== carriageReturn) {
      line.push(codePoint)
      continue
    }
    if (codePoint === carriageReturn && codePoints[at + 1] === lineFeed) at += 1
    lines.push(line)
    line = []
  }
  return lines
}

/**
 * The UTF-8 decoder of the Encoding standard without its end-of-queue step: bytes that wait for more are part of a line
 * that never ended.
 * @see https://encoding.spec.whatwg.org/#utf-8-decoder
 */
export function decodeUtf8(bytes: Uint8Array): number[] {
  const codePoints: number[] = []
  let codePoint = 0
  let seen = 0
  let needed = 0
  let lower = 0x80
  let upper = 0xbf
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (needed === 0) {
      if (byte <= 0x7f) codePoints.push(byte)
      else if (byte >= 0xc2 && byte <= 0xdf) [needed, codePoint] = [1, byte & 0x1f]
      else if (byte >= 0xe0 && byte <= 0xef) {
        if (byte === 0xe0) lower = 0xa0
        if (byte === 0xed) upper = 0x9f
        ;[needed, codePoint] = [2, byte & 0x0f]
      } else if (byte >= 0xf0 && byte <= 0xf4) {
        if (byte === 0xf0) lower = 0x90
        if (byte === 0xf4) upper = 0x8f
        ;[needed, codePoint] = [3, byte & 0x07]
      } else codePoints.push(replacement)
      continue
    }
    const isContinuation = byte >= lower && byte <= upper
    lower = 0x80
    upper = 0xbf
    if (!isContinuation) {
      codePoint = needed = seen = 0
      codePoints.push(replacement)
      at -= 1 // the byte is looked at again, as the first of a sequence
      continue
    }
    codePoint = (codePoint << 6) | (byte & 0x3f)
    seen += 1
    if (seen < needed) continue
    codePoints.push(codePoint)
    codePoint = needed = seen = 0
  }
  return codePoints
}

function withoutSpace(value: readonly number[]): readonly number[] {
  return value[0] === space ? value.slice(1) : value
}

function isDigits(value: string): boolean {
  // The algorithm for an empty value would be "interpret as an integer", which has no result: the field is ignored.
  return /^[0-9]+$/.test(value)
}

function text(codePoints: readonly number[]): string {
  return codePoints.map((codePoint) => String.fromCodePoint(codePoint)).join('')
}
