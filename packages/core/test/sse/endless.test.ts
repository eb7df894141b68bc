import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'

import { createSseDecoder } from '../../src/transports/sse-decoder.ts'
import { bytes } from './vector.ts'

describe('what never ends takes no memory', () => {
  const chunk = 64 * 1024
  const chunks = 256
  const most = 8 * 1024 * 1024

  test.each([
    ['a line of data', 'data: ', 'x'.repeat(chunk), '\n\n'],
    ['data in short lines', '', 'data: xx\n'.repeat(chunk / 8), '\n'],
    ['data in lines whose CR LF are cut', ':\r', `\ndata: ${'x'.repeat(chunk)}\r`, '\n\r\n'],
    ['an id', 'id: ', 'x'.repeat(chunk), '\n\n'],
    ['an event name', 'event: ', 'x'.repeat(chunk), '\n\n'],
    ['a retry', 'retry: ', '1'.repeat(chunk), '\n\n'],
    ['a comment', ':', 'x'.repeat(chunk), '\n\n'],
    ['a row of comments', '', ': keep-alive\n'.repeat(chunk / 13), '\n'],
    ['a line of no field', 'foo: ', 'x'.repeat(chunk), '\n\n'],
    ['a row of lines of no field', '', 'foo\n'.repeat(chunk / 4), '\n'],
    ['a line of one letter', '', 'x'.repeat(chunk), '\n\n'],
    ['a row of ids', '', 'id: 1\n'.repeat(chunk / 6), '\n'],
    ['blank lines', '', '\n'.repeat(chunk), ''],
    ['bytes that are no UTF-8', 'data: ', new Uint8Array(chunk).fill(0xff), '\n\n'],
  ])('%s', (_, begin, middle, end) => {
    const events: string[] = []
    const nothing = () => {}
    const sink = { moved: nothing, comment: nothing, retry: nothing, oversized: nothing }
    const feed = createSseDecoder({ ...sink, event: ({ data }) => void events.push(data) }, 100_000)
    feed(bytes(begin))
    const piece = bytes(middle)
    const before = usedHeap()
    for (let n = 0; n < chunks; n += 1) feed(piece)
    expect(usedHeap() - before).toBeLessThan(most)
    feed(bytes(end, 'data: next\n\n'))
    expect(events).toEqual(['next'])
  })
})

function usedHeap(): number {
  // The collector can be had at run time, so the runner needs no flag.
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
