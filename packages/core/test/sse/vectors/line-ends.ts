import { vector } from '../vector.ts'

import type { Vector } from '../vector.ts'

const names: Record<string, string> = { '\n': 'LF', '\r': 'CR', '\r\n': 'CRLF' }
const ends = Object.keys(names)

/** The same two events with every pair of line ends: one inside a block, one at its end. */
const pairs = ends.flatMap((inner) =>
  ends.map((outer) => {
    // CR directly before LF is one line end, so a blank line of LF after a line of CR cannot be written.
    const blank = inner === '\r' && outer === '\n' ? '\r\n\n' : inner + outer
    const input = `data: a${inner}data: b${blank}data: c${inner}id: 1${blank}`
    return vector(`lines end in ${names[inner]}, blocks in ${names[outer]}`, input, ['a\nb', { data: 'c', id: '1' }])
  }),
)

export const lineEndVectors: readonly Vector[] = [
  ...pairs,
  ...ends.map((end) =>
    vector(
      `extra blank lines of ${names[end]} dispatch nothing`,
      `${end.repeat(3)}data: a${end.repeat(5)}data: b${end.repeat(2)}`,
      ['a', 'b'],
    ),
  ),
  ...ends.map((end) =>
    vector(
      `three data lines, the first of them empty, with ${names[end]}`,
      `data:${end}data: a${end}data: b${end}${end}`,
      ['\na\nb'],
    ),
  ),
  ...ends.map((end) =>
    vector(
      `three data lines, the middle of them empty, with ${names[end]}`,
      `data: a${end}data:${end}data: b${end}${end}`,
      ['a\n\nb'],
    ),
  ),
  ...ends.map((end) => vector(`a stream of nothing but ${names[end]}`, end.repeat(7), [])),
  vector('CR LF is one line end, not two', 'data: a\r\ndata: b\r\n\r\n', ['a\nb']),
  vector('CR CR LF is two line ends', 'data: a\r\r\ndata: b\n\n', ['a', 'b']),
  vector('LF CR is two line ends', 'data: a\n\rdata: b\n\r', ['a', 'b']),
  vector('LF CR LF is two line ends', 'data: a\n\r\ndata: b\n\r\n', ['a', 'b']),
  vector('CR LF LF is two line ends', 'data: a\r\n\ndata: b\r\n\n', ['a', 'b']),
  vector('CR LF CR is two line ends', 'data: a\r\n\rdata: b\r\n\r', ['a', 'b']),
  vector('CR CR LF LF is three line ends', 'data: a\r\r\n\ndata: b\r\r\n\n', ['a', 'b']),
  vector('a block ended by CR CR at the very end of the stream', 'data: a\r\r', ['a']),
  vector('a block ended by CR LF CR at the very end of the stream', 'data: a\r\n\r', ['a']),
  vector('a line ended by CR at the very end of the stream is no block', 'data: a\r', []),
  vector('a line ended by CR LF at the very end of the stream is no block', 'data: a\r\n', []),
  vector('every line of a block ends differently', 'event: x\rid: 1\r\ndata: a\ndata: b\r\r\ndata: c\n\r', [
    { type: 'x', data: 'a\nb', id: '1' },
    { data: 'c', id: '1' },
  ]),
  vector('each block ends differently', 'data: a\n\ndata: b\r\rdata: c\r\n\r\ndata: d\n\rdata: e\r\n\n', [
    'a',
    'b',
    'c',
    'd',
    'e',
  ]),
  vector('a comment ended by CR before a field', ':c\rdata: a\r\r', ['a'], { comments: ['c'] }),
  vector('an empty comment ended by CR LF', ':\r\ndata: a\r\n\r\n', ['a'], { comments: [''] }),
  vector('an unknown field ended by CR LF', 'foo: 1\r\ndata: a\r\n\r\n', ['a']),
  vector('an unknown field ended by CR', 'foo: 1\rdata: a\r\r', ['a']),
  vector('an unknown line without a colon ended by CR LF, blank line of LF', 'nothing\r\n\ndata: a\n\n', ['a']),
  vector('a bare data line ended by CR LF', 'data\r\n\r\n', ['']),
  vector('a bare data line ended by CR', 'data\r\r', ['']),
  vector('a bare id line ended by CR LF', 'id: 1\r\n\r\nid\r\ndata: a\r\n\r\n', ['a']),
  vector('a retry ended by CR', 'retry: 10\rdata: a\r\r', ['a'], { retry: 10 }),
  vector('a retry ended by CR LF', 'retry: 10\r\ndata: a\r\n\r\n', ['a'], { retry: 10 }),
  vector('an id ended by CR', 'id: 1\rdata: a\r\r', [{ data: 'a', id: '1' }]),
  vector('an event name ended by CR', 'event: x\rdata: a\r\r', [{ type: 'x', data: 'a' }]),
  vector('a form feed does not end a line', 'data: a\fdata: b\n\n', ['a\fdata: b']),
  vector('a vertical tab does not end a line', 'data: a\vdata: b\n\n', ['a\vdata: b']),
  vector('U+0085 does not end a line', 'data: a\u0085data: b\n\n', ['a\u0085data: b']),
  vector('U+2028 does not end a line', 'data: a\u2028data: b\n\n', ['a\u2028data: b']),
  vector('U+2029 does not end a line', 'data: a\u2029data: b\n\n', ['a\u2029data: b']),
  vector('U+001C, U+001D and U+001E do not end a line', 'data: a\x1cb\x1dc\x1ed\n\n', ['a\x1cb\x1dc\x1ed']),
  vector('NUL does not end a line', 'data: a\0b\n\n', ['a\0b']),
  vector(
    'U+010A and U+0D0A, whose bytes or halves look like line ends, do not end a line',
    'data: \u010aa\u0d0ab\n\n',
    ['\u010aa\u0d0ab'],
  ),
]
