import { createSseDecoder } from '../../src/transports/sse-decoder.ts'
import { emptyOutcome } from './outcome.ts'

import type { MutableOutcome, Outcome } from './outcome.ts'

export interface Decoded extends Outcome {
  readonly oversized: number
}

/** What the decoder makes of these chunks, with the last event ID kept as its sink has to keep it. */
export function decode(chunks: readonly Uint8Array[], maxEventSize = 2 ** 25): Decoded {
  const outcome: MutableOutcome = emptyOutcome()
  let oversized = 0
  const feed = createSseDecoder(
    {
      event({ id, type, data }) {
        outcome.lastEventId = id ?? outcome.lastEventId
        outcome.events.push({ type, data, id: outcome.lastEventId })
      },
      moved: (id) => void (outcome.lastEventId = id),
      comment: (text) => void outcome.comments.push(text),
      retry: (ms) => void (outcome.retry = ms),
      oversized({ id }) {
        oversized += 1
        outcome.lastEventId = id ?? outcome.lastEventId
      },
    },
    maxEventSize,
  )
  for (const chunk of chunks) feed(chunk)
  return { ...outcome, oversized }
}
