import { createParser } from 'eventsource-parser'

import type { Block } from './read-stream.ts'

export interface BodyReading {
  /** The next `count` blocks. */
  take(count: number): Promise<Block[]>
  /** Everything until the body ends; rejects where it is cut. */
  rest(): Promise<Block[]>
  /** As a framework does whose client left. */
  cancel(): Promise<void>
}

/** Reads the body of a `Response` as an event stream, one chunk at a time and only when blocks are asked for. */
export function readBody(response: Response): BodyReading {
  // A response without a body fails the test that reads it.
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  const blocks: Block[] = []
  const parser = createParser({
    onEvent: ({ id, event, data }) =>
      blocks.push({ ...(id !== undefined && { id }), ...(event && { event }), data: JSON.parse(data) }),
  })
  return {
    async take(count) {
      while (blocks.length < count) {
        const { done, value } = await reader.read()
        if (done) throw new Error(`the body was over after ${JSON.stringify(blocks)}`)
        parser.feed(decoder.decode(value, { stream: true }))
      }
      return blocks.splice(0, count)
    },
    async rest() {
      for (let part = await reader.read(); !part.done; part = await reader.read())
        parser.feed(decoder.decode(part.value, { stream: true }))
      return blocks.splice(0)
    },
    cancel: () => reader.cancel(),
  }
}
