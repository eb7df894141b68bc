import { vector } from '../vector.ts'

import type { Vector } from '../vector.ts'

const openAi = [
  'data: {"id":"1","choices":[{"delta":{"content":"Hel"}}]}',
  'data: {"id":"1","choices":[{"delta":{"content":"lo"}}]}',
  'data: [DONE]',
]

export const framingVectors: readonly Vector[] = [
  vector('an empty stream', '', []),
  vector('a stream of one letter', 'd', []),
  vector('a stream of one colon', ':', []),
  vector('a stream of one space', ' ', []),
  vector('a block without its blank line is dropped', 'data: a\n', []),
  vector('a line without its end is dropped', 'data: a', []),
  vector('a whole block, then one without its blank line', 'data: a\n\ndata: b\n', ['a']),
  vector('a whole block, then a line without its end', 'data: a\n\ndata: b', ['a']),
  vector('a whole block, then a bare field without its end', 'data: a\n\ndata', ['a']),
  vector('a whole block, then half a field name', 'data: a\n\nda', ['a']),
  vector('a whole block, then a name and an id cut off', 'data: a\n\nevent: x\nid: 1\n', ['a']),
  vector('a whole block, then a line of a space without its end', 'data: a\n\n ', ['a']),
  vector(
    'the standard: two comments and a value',
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    [{ data: 'first event', id: '1' }, 'second event', ' third event'],
    { comments: ['test stream'] },
  ),
  vector('the standard: stock ticker', 'data: YHOO\ndata: +2\ndata: 10\n\n', ['YHOO\n+2\n10']),
  vector('the standard: four blocks, of which the last is cut off', 'data\n\ndata\ndata\n\ndata:', ['', '\n']),
  vector('the standard: with and without a space are equal', 'data:test\n\ndata: test\n\n', ['test', 'test']),
  vector(
    'the standard: named events',
    'event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n',
    [
      { type: 'add', data: '73857293' },
      { type: 'remove', data: '2153' },
      { type: 'add', data: '113411' },
    ],
  ),
  vector(
    'a chat completion',
    `${openAi.join('\n\n')}\n\n`,
    openAi.map((line) => line.slice(6)),
  ),
  vector('a stream that begins with a blank line', '\ndata: a\n\n', ['a']),
  vector('a stream that begins with many blank lines', '\n\n\r\n\r\r\ndata: a\n\n', ['a']),
  vector(
    'a stream with everything',
    'retry: 10\n\n: hi\n\nevent: x\nid: 1\ndata: a\ndata: b\n\nid: 2\n\nfoo\ndata\n\ndata: cut',
    [
      { type: 'x', data: 'a\nb', id: '1' },
      { data: '', id: '2' },
    ],
    { retry: 10, comments: ['hi'] },
  ),
  vector('a chunked body that was not decoded', '8\r\ndata: a\n\r\n1\r\n\n\r\n0\r\n\r\n', ['a']),
  vector('an HTML page', '<html>\n<body>\n\n<p>data: a</p>\n\n</body></html>\n\n', []),
  vector('a JSON document', '{\n  "data": 1\n}\n\n', []),
]
