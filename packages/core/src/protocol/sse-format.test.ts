import { assert, constantFrom, integer, oneof, option, property, record, string } from 'fast-check'
import { createParser } from 'eventsource-parser'
import { describe, expect, it } from 'vitest'

import { formatSseBlock, formatSseComment } from './sse-format.ts'

/** Everything a parser reads out of a text, in order. */
function parse(text: string): unknown[] {
  const read: unknown[] = []
  const parser = createParser({
    onEvent: ({ id, event, data }) => read.push({ id, event, data }),
    onComment: (comment) => read.push({ comment }),
    onRetry: (retry) => read.push({ retry }),
    onError: (error) => read.push({ error: error.message }),
  })
  parser.feed(text)
  return read
}

// Pieces of the format itself, every line end and what other systems take for one, BOM, NUL, halves of pairs.
const hostile = ['\r', '\n', '\r\n', '\n\n', ':', ' ', 'data: x', 'id: 9', 'event: e', 'retry: 1', '\0', '\ufeff', '\u2028', '\u0085', '\ud800', '\udc00', '🎬', 'ï»¿'] // prettier-ignore
const text = string({ unit: oneof(constantFrom(...hostile), string({ unit: 'binary', minLength: 1, maxLength: 1 })) })
const line = text.map((value) => value.replace(/[\r\n\0]/g, ''))

function received(data: string): string {
  return data.toWellFormed().replace(/\r\n|\r/g, '\n')
}

describe('formatSseBlock', () => {
  it('security 1: one event in is the same event out, whatever it holds', () => {
    const block = record({ id: option(line, { nil: undefined }), event: option(line, { nil: undefined }), data: text })
    assert(
      property(block, ({ id, event, data }) => {
        // Something before and after it, which must come out untouched too.
        const around = formatSseBlock({ data: 'other' })
        const other = { id: undefined, event: undefined, data: 'other' }
        const out = { id: id?.toWellFormed(), event: event?.toWellFormed() || undefined, data: received(data) }
        expect(parse(around + formatSseBlock({ id, event, data }) + around)).toEqual([other, out, other])
      }),
      { numRuns: 2000 },
    )
  })

  it('security 1: a comment is a comment and never an event', () => {
    assert(
      property(text, (comment) => {
        const lines = received(comment).split('\n')
        expect(parse(formatSseComment(comment))).toEqual(lines.map((each) => ({ comment: each })))
      }),
      { numRuns: 1000 },
    )
  })

  it('writes fields in one order and ends with an empty line', () => {
    expect(formatSseBlock({ data: 'a\nb', retry: 5, event: 'e', id: '1' })).toBe(
      'id: 1\nevent: e\nretry: 5\ndata: a\ndata: b\n\n',
    )
  })

  it('delivers empty data and a leading line end (trap 8)', () => {
    expect(parse(formatSseBlock({ data: '' }))).toMatchObject([{ data: '' }])
    expect(parse(formatSseBlock({ data: '\nx' }))).toMatchObject([{ data: '\nx' }])
    expect(parse(formatSseBlock({ data: ' x' }))).toMatchObject([{ data: ' x' }])
  })

  it.each(['a\nb', 'a\rb', 'a\r\nb', 'a\0b', '\n'])('security 1 and 2: refuses %j as id and as event', (value) => {
    expect(() => formatSseBlock({ id: value, data: '' })).toThrow('id must not hold CR, LF or NUL')
    expect(() => formatSseBlock({ event: value, data: '' })).toThrow('event must not hold CR, LF or NUL')
  })

  it.each([-1, 1.5, NaN, Infinity, 2 ** 31])('security 1: refuses %d as retry', (retry) => {
    expect(() => formatSseBlock({ retry })).toThrow(RangeError)
  })

  it('sends every allowed retry as it is', () => {
    assert(
      property(integer({ min: 0, max: 2 ** 31 - 1 }), (retry) => {
        expect(parse(formatSseBlock({ retry }))).toEqual([{ retry }])
      }),
    )
  })
})
