import { bytes, vector } from '../vector.ts'

import type { Vector } from '../vector.ts'

const comment = (line: string, text: string) =>
  vector(`the comment ${JSON.stringify(line.slice(0, 40))}`, `${line}\ndata: a\n\n`, ['a'], { comments: [text] })

export const commentVectors: readonly Vector[] = [
  comment(':', ''),
  comment(': ', ''),
  comment(':  ', ' '),
  comment('::', ':'),
  comment(':::::', '::::'),
  comment(':x', 'x'),
  comment(': x', 'x'),
  comment(':  x', ' x'),
  comment(':\tx', '\tx'),
  comment(': data: x', 'data: x'),
  comment(':data: x', 'data: x'),
  comment(':id: 1', 'id: 1'),
  comment(':event: x', 'event: x'),
  comment(':retry: 10', 'retry: 10'),
  comment(':\0', '\0'),
  comment(': é日😀', 'é日😀'),
  comment(': \uFEFF', '\uFEFF'),
  comment(`:${'x'.repeat(70_000)}`, 'x'.repeat(70_000)),
  vector('a comment alone dispatches nothing', ': c\n\n', [], { comments: ['c'] }),
  vector('a comment without a blank line is complete', ': c\n', [], { comments: ['c'] }),
  vector('a comment cut off does not count', ': c', []),
  vector('a comment after the data does not end the block', 'data: a\n: c\ndata: b\n\n', ['a\nb'], { comments: ['c'] }),
  vector('a comment before the blank line', 'data: a\n: c\n\n', ['a'], { comments: ['c'] }),
  vector('a comment between a name and its data', 'event: x\n: c\ndata: a\n\n', [{ type: 'x', data: 'a' }], {
    comments: ['c'],
  }),
  vector('a comment between an id and its data', 'id: 1\n: c\ndata: a\n\n', [{ data: 'a', id: '1' }], {
    comments: ['c'],
  }),
  vector('comments between blocks', ': 1\n\ndata: a\n\n: 2\n\n: 3\n\ndata: b\n\n: 4\n\n', ['a', 'b'], {
    comments: ['1', '2', '3', '4'],
  }),
  vector('many comments in a row', ': c\n'.repeat(50), [], { comments: Array(50).fill('c') }),
  vector('a line of a colon and a space before it is a field', ' : x\ndata: a\n\n', ['a']),
  vector(
    'comments do not touch the id',
    'id: 1\ndata: a\n\n: id: 2\n\ndata: b\n\n',
    [
      { data: 'a', id: '1' },
      { data: 'b', id: '1' },
    ],
    { comments: ['id: 2'] },
  ),
  vector('a comment of invalid bytes', bytes(':', 0xff, 0xc3, '\ndata: a\n\n'), ['a'], { comments: ['\uFFFD\uFFFD'] }),
  vector('a padding of two kilobytes', `:${' '.repeat(2048)}\n\ndata: a\n\n`, ['a'], { comments: [' '.repeat(2047)] }),
]
