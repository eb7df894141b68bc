import { isoTime } from '../env.ts'
import { defineStream } from './define-stream.ts'
import { areStrings, fieldsOf } from './untrusted.ts'

import type { FieldsOf } from './create-event.ts'

export interface Cite {
  readonly key: string
  readonly source: string
}

export interface GenerationEvent {
  readonly blockId: string
  /** What follows in the block's text. */
  readonly delta: string
  readonly cites?: readonly Cite[] | undefined
  /** Nothing follows, in any block. */
  readonly done?: boolean | undefined
  /** Why nothing follows. */
  readonly error?: string | undefined
  /** ISO 8601. */
  readonly timestamp?: string | undefined
}

export interface GenerationBlock {
  readonly blockId: string
  readonly text: string
  /** Each key once, in the order in which they came. */
  readonly cites: readonly Cite[]
}

export interface GenerationState {
  /** In the order in which they began. */
  readonly blocks: readonly GenerationBlock[]
  readonly isDone: boolean
}

const maxBlocks = 500
const maxTextLength = 100_000
const maxCites = 200

/**
 * A text that is being written, put together block by block: at most 500 blocks, of 100,000 characters and 200 cites
 * each; what is beyond is left out. Deltas have no ids: that none comes twice is the stream's part.
 */
export const generation = /* @__PURE__ */ defineStream<{ readonly streamId: string }, GenerationEvent, GenerationState>(
  {
    name: 'generation',
    path: ({ streamId }) => `/api/generation/stream?streamId=${encodeURIComponent(streamId)}`,
    from: 'start',
    initial: { blocks: [], isDone: false },
    reduce(state, event) {
      const blocks = append(state.blocks, event)
      const isDone = state.isDone || fieldsOf(event).done === true
      return blocks === state.blocks && isDone === state.isDone ? state : { blocks, isDone }
    },
    isComplete: ({ done, error }) => done === true && !error,
    failure: ({ error }) => error,
  },
)

/** The first event of a block adds it, be its text empty. */
function append(blocks: readonly GenerationBlock[], event: GenerationEvent): readonly GenerationBlock[] {
  const { blockId, delta, cites: given } = fieldsOf(event)
  const known = blocks.find((each) => each.blockId === blockId)
  if (!areStrings(blockId, delta) || (!known && blocks.length >= maxBlocks)) return blocks
  const { text, cites } = known ?? { text: '', cites: [] }
  const block = { blockId, text: (text + delta).slice(0, maxTextLength), cites: citesWith(cites, given) }
  if (!known) return [...blocks, block]
  return block.text === text && block.cites === cites ? blocks : blocks.map((each) => (each === known ? block : each))
}

/** A malformed cite is left out: it is no reason to lose the text. */
function citesWith(known: readonly Cite[], given: readonly Cite[] | undefined): readonly Cite[] {
  let cites = known
  for (const cite of Array.isArray(given) ? given : []) {
    const { key, source } = fieldsOf(cite)
    const isNew = areStrings(key, source) && !cites.some((each) => each.key === key)
    if (isNew && cites.length < maxCites) cites = [...cites, cite]
  }
  return cites
}

export const createGenerationEvent = (
  fields: FieldsOf<GenerationEvent>,
  timestamp: string = isoTime(),
): GenerationEvent => ({ ...fields, timestamp })
