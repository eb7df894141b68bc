import { byteOrderMarkVectors } from './vectors/byte-order-mark.ts'
import { commentVectors } from './vectors/comments.ts'
import { dataVectors } from './vectors/data.ts'
import { encodingVectors } from './vectors/encoding.ts'
import { eventTypeVectors } from './vectors/event-type.ts'
import { fieldVectors } from './vectors/fields.ts'
import { framingVectors } from './vectors/framing.ts'
import { idVectors } from './vectors/id.ts'
import { lineEndVectors } from './vectors/line-ends.ts'
import { retryVectors } from './vectors/retry.ts'

import type { Vector } from './vector.ts'

const topics: Readonly<Record<string, readonly Vector[]>> = {
  'line ends': lineEndVectors,
  'byte order mark': byteOrderMarkVectors,
  data: dataVectors,
  'event type': eventTypeVectors,
  id: idVectors,
  retry: retryVectors,
  fields: fieldVectors,
  comments: commentVectors,
  encoding: encodingVectors,
  framing: framingVectors,
}

/** Everything that a parser of event streams has to get right, each with a name of its own. */
export const vectors: readonly Vector[] = Object.entries(topics).flatMap(([topic, list]) =>
  list.map((vector) => ({ ...vector, name: `${topic}: ${vector.name}` })),
)
