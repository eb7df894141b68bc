import { vector } from '../vector.ts'

import type { Vector } from '../vector.ts'

const x = (data: string) => ({ type: 'x', data })

export const eventTypeVectors: readonly Vector[] = [
  vector('a name', 'event: x\ndata: a\n\n', [x('a')]),
  vector('a name without the space', 'event:x\ndata:a\n\n', [x('a')]),
  vector('a name after the data', 'data: a\nevent: x\n\n', [x('a')]),
  vector('a name between the data', 'data: a\nevent: x\ndata: b\n\n', [x('a\nb')]),
  vector('a name holds for its own block only', 'event: x\ndata: a\n\ndata: b\n\n', [x('a'), 'b']),
  vector('a name without data dispatches nothing and is forgotten', 'event: x\n\ndata: a\n\n', ['a']),
  vector('the last of two names counts', 'event: y\nevent: x\ndata: a\n\n', [x('a')]),
  vector('the last of three names counts, around the data', 'event: y\ndata: a\nevent: z\nevent: x\n\n', [x('a')]),
  vector('an empty name is message', 'event:\ndata: a\n\n', ['a']),
  vector('an empty name after its space is message', 'event: \ndata: a\n\n', ['a']),
  vector('a bare name field is message', 'event\ndata: a\n\n', ['a']),
  vector('an empty name takes an earlier one back', 'event: x\nevent:\ndata: a\n\n', ['a']),
  vector('a bare name field takes an earlier one back', 'event: x\nevent\ndata: a\n\n', ['a']),
  vector('a name after an empty one', 'event:\nevent: x\ndata: a\n\n', [x('a')]),
  vector('the name message', 'event: message\ndata: a\n\n', ['a']),
  vector('a name of one space', 'event:  \ndata: a\n\n', [{ type: ' ', data: 'a' }]),
  vector('a name of a tab', 'event:\t\ndata: a\n\n', [{ type: '\t', data: 'a' }]),
  vector('only the first of two spaces is dropped', 'event:  x\ndata: a\n\n', [{ type: ' x', data: 'a' }]),
  vector('a space at the end of a name stays', 'event: x \ndata: a\n\n', [{ type: 'x ', data: 'a' }]),
  vector('a name of two words', 'event: x y\ndata: a\n\n', [{ type: 'x y', data: 'a' }]),
  vector('a name with a colon', 'event: x:y\ndata: a\n\n', [{ type: 'x:y', data: 'a' }]),
  vector('a name of a colon', 'event::\ndata: a\n\n', [{ type: ':', data: 'a' }]),
  vector('a name with NUL', 'event: x\0y\ndata: a\n\n', [{ type: 'x\0y', data: 'a' }]),
  vector('a name of another script', 'event: событие\ndata: a\n\n', [{ type: 'событие', data: 'a' }]),
  vector('an astral name', 'event: 😀\ndata: a\n\n', [{ type: '😀', data: 'a' }]),
  vector('a name is case-sensitive', 'event: X\ndata: a\n\n', [{ type: 'X', data: 'a' }]),
  vector('the name Message is not message', 'event: Message\ndata: a\n\n', [{ type: 'Message', data: 'a' }]),
  vector('the name error', 'event: error\ndata: a\n\n', [{ type: 'error', data: 'a' }]),
  vector('the name open', 'event: open\ndata: a\n\n', [{ type: 'open', data: 'a' }]),
  vector('the name close', 'event: close\ndata: a\n\n', [{ type: 'close', data: 'a' }]),
  vector('the name __proto__', 'event: __proto__\ndata: a\n\n', [{ type: '__proto__', data: 'a' }]),
  vector('the name constructor', 'event: constructor\ndata: a\n\n', [{ type: 'constructor', data: 'a' }]),
  vector('the name data', 'event: data\ndata: a\n\n', [{ type: 'data', data: 'a' }]),
  vector('a name with empty data', 'event: x\ndata\n\n', [x('')]),
  vector('a name, an id and data, in any order', 'data: a\nid: 1\nevent: x\n\n', [{ type: 'x', data: 'a', id: '1' }]),
  vector('a long name', `event: ${'x'.repeat(5000)}\ndata: a\n\n`, [{ type: 'x'.repeat(5000), data: 'a' }]),
]
