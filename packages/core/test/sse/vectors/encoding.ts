import { bytes, vector } from '../vector.ts'

import type { Vector } from '../vector.ts'

/** Bytes between two letters, and the text that the UTF-8 decoder makes of them. */
const decoded = (name: string, between: readonly number[], text: string) =>
  vector(name, bytes('data: <', ...between, '>\n\n'), [`<${text}>`])
const bad = (count: number) => '\uFFFD'.repeat(count)

export const encodingVectors: readonly Vector[] = [
  decoded('a two-byte character', [0xc3, 0xa9], 'é'),
  decoded('a three-byte character', [0xe2, 0x82, 0xac], '€'),
  decoded('a four-byte character', [0xf0, 0x9f, 0x98, 0x80], '😀'),
  decoded('the first two-byte character', [0xc2, 0x80], '\u0080'),
  decoded('the last two-byte character', [0xdf, 0xbf], '\u07FF'),
  decoded('the first three-byte character', [0xe0, 0xa0, 0x80], '\u0800'),
  decoded('the last character before the surrogates', [0xed, 0x9f, 0xbf], '\uD7FF'),
  decoded('the first character after the surrogates', [0xee, 0x80, 0x80], '\uE000'),
  decoded('a noncharacter', [0xef, 0xbf, 0xbf], '\uFFFF'),
  decoded('the first four-byte character', [0xf0, 0x90, 0x80, 0x80], '\u{10000}'),
  decoded('the last character', [0xf4, 0x8f, 0xbf, 0xbf], '\u{10FFFF}'),
  decoded('a replacement character that was sent', [0xef, 0xbf, 0xbd], '\uFFFD'),
  decoded('a continuation byte alone', [0x80], bad(1)),
  decoded('three continuation bytes alone', [0x80, 0xbf, 0x9f], bad(3)),
  decoded('a two-byte character cut off', [0xc3], bad(1)),
  decoded('a three-byte character cut off after one byte', [0xe2], bad(1)),
  decoded('a three-byte character cut off after two bytes', [0xe2, 0x82], bad(1)),
  decoded('a four-byte character cut off after one byte', [0xf0], bad(1)),
  decoded('a four-byte character cut off after two bytes', [0xf0, 0x9f], bad(1)),
  decoded('a four-byte character cut off after three bytes', [0xf0, 0x9f, 0x98], bad(1)),
  decoded('a character cut off before a whole one', [0xe2, 0x82, 0xc3, 0xa9], `${bad(1)}é`),
  decoded('two characters cut off, one after the other', [0xe2, 0x82, 0xf0, 0x9f], bad(2)),
  decoded('an overlong slash of two bytes', [0xc0, 0xaf], bad(2)),
  decoded('an overlong NUL of two bytes', [0xc0, 0x80], bad(2)),
  decoded('an overlong line feed of two bytes', [0xc0, 0x8a], bad(2)),
  decoded('an overlong line feed of three bytes', [0xe0, 0x80, 0x8a], bad(3)),
  decoded('an overlong carriage return of two bytes', [0xc0, 0x8d], bad(2)),
  decoded('an overlong slash of three bytes', [0xe0, 0x80, 0xaf], bad(3)),
  decoded('an overlong slash of four bytes', [0xf0, 0x80, 0x80, 0xaf], bad(4)),
  decoded('an overlong é of three bytes', [0xe0, 0x83, 0xa9], bad(3)),
  decoded('the byte C1', [0xc1, 0xbf], bad(2)),
  decoded('a high surrogate', [0xed, 0xa0, 0x80], bad(3)),
  decoded('a low surrogate', [0xed, 0xbf, 0xbf], bad(3)),
  decoded('a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], bad(6)),
  decoded('over the last character', [0xf4, 0x90, 0x80, 0x80], bad(4)),
  decoded('the byte F5', [0xf5, 0x80, 0x80, 0x80], bad(4)),
  decoded('a five-byte sequence', [0xf8, 0x88, 0x80, 0x80, 0x80], bad(5)),
  decoded('a six-byte sequence', [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80], bad(6)),
  decoded('the bytes FE and FF', [0xfe, 0xff], bad(2)),
  decoded('Latin-1 bytes', [0xe9, 0x74, 0xe9], `${bad(1)}t${bad(1)}`),
  decoded('Windows-1252 quotes', [0x93, 0x61, 0x94], `${bad(1)}a${bad(1)}`),
  vector('a character cut off before LF does not swallow it', bytes('data: a', 0xe2, 0x82, '\n\ndata: b\n\n'), [
    'a\uFFFD',
    'b',
  ]),
  vector('a character cut off before CR does not swallow it', bytes('data: a', 0xf0, 0x9f, 0x98, '\r\rdata: b\r\r'), [
    'a\uFFFD',
    'b',
  ]),
  vector('a character cut off before CR LF does not swallow it', bytes('data: a', 0xc3, '\r\ndata: b\r\n\r\n'), [
    'a\uFFFD\nb',
  ]),
  vector('a character cut off before a colon does not swallow it', bytes('data', 0xc3, ': a\n\ndata: b\n\n'), ['b']),
  vector(
    'a character split over a line end is not put together',
    bytes('data: ', 0xc3, '\n', 0xa9, '\n\ndata: b\n\n'),
    ['\uFFFD', 'b'],
  ),
  vector('invalid bytes before the colon make a field unknown', bytes(0xff, 'data: a\n\ndata: b\n\n'), ['b']),
  vector('invalid bytes in an id', bytes('id: ', 0xff, '1\ndata: a\n\n'), [{ data: 'a', id: '\uFFFD1' }]),
  vector('an overlong NUL in an id is not NUL', bytes('id: ', 0xc0, 0x80, '\ndata: a\n\n'), [
    { data: 'a', id: '\uFFFD\uFFFD' },
  ]),
  vector('invalid bytes in an event name', bytes('event: ', 0xff, '\ndata: a\n\n'), [{ data: 'a', type: '\uFFFD' }]),
  vector('a line of invalid bytes', bytes(0xff, 0xfe, 0x80, '\ndata: a\n\n'), ['a']),
  vector('a character cut off at the end of the stream', bytes('data: a\n\ndata: ', 0xe2, 0x82), ['a']),
  vector('a combining mark, a joiner and a flag', 'data: e\u0301 👩‍👧 🇪🇺\n\n', ['e\u0301 👩‍👧 🇪🇺']),
  vector('right-to-left text', 'data: שלום \u202E\n\n', ['שלום \u202E']),
  vector('many scripts', 'data: €豆腐 Привет مرحبا ไทย\n\n', ['€豆腐 Привет مرحبا ไทย']),
]
