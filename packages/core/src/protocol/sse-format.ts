/** One block of an event stream, before it is written. */
export interface SseBlock {
  /** Resume token. CR, LF and NUL are refused; `''` resets the receiver's last event ID. */
  readonly id?: string | undefined
  /** Event name; `message` on the receiving side when left out. CR, LF and NUL are refused. */
  readonly event?: string | undefined
  /** Payload; every line of it becomes a `data` field, and any line ending in it arrives as LF. */
  readonly data?: string | undefined
  /** Reconnection time in whole milliseconds. */
  readonly retry?: number | undefined
}

const lineEnd = /\r\n|\r|\n/

/**
 * Writes one block so that a parser reads one event out of it and nothing else, whatever the text holds.
 * Lone surrogates become U+FFFD, as any UTF-8 encoder would make them.
 * @throws {TypeError} if `id` or `event` holds CR, LF or NUL, which would let a value write fields of its own.
 * @throws {RangeError} if `retry` is not a whole number from 0 to 2^31-1.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function formatSseBlock({ id, event, data, retry }: SseBlock): string {
  let text = ''
  if (id !== undefined) text += `id: ${singleLine('id', id)}\n`
  if (event !== undefined) text += `event: ${singleLine('event', event)}\n`
  if (retry !== undefined) text += `retry: ${wholeMs(retry)}\n`
  if (data !== undefined) text += prefixLines('data: ', data)
  return `${text}\n`
}

/** Writes a comment, which clients use as a sign of life and never deliver. Its lines are split as `data` is. */
export function formatSseComment(comment: string): string {
  return `${prefixLines(': ', comment)}\n`
}

function singleLine(field: string, value: string): string {
  // NUL in `id` makes a client ignore the whole field, so that its replay would start from an older event.
  if (/[\r\n\0]/.test(value)) {
    throw new TypeError(`${field} must not hold CR, LF or NUL, got ${JSON.stringify(value.slice(0, 80))}`)
  }
  return value.toWellFormed()
}

function wholeMs(retry: number): number {
  if (!Number.isInteger(retry) || retry < 0 || retry > 2 ** 31 - 1) {
    throw new RangeError(`retry must be a whole number of milliseconds from 0 to 2147483647, got ${retry}`)
  }
  return retry
}

function prefixLines(prefix: string, text: string): string {
  const wellFormed = text.toWellFormed()
  // Almost every payload is one line of JSON: no array for those.
  if (!/[\r\n]/.test(wellFormed)) return `${prefix}${wellFormed}\n`
  return wellFormed
    .split(lineEnd)
    .map((line) => `${prefix}${line}\n`)
    .join('')
}
