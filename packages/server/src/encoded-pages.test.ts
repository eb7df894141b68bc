import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ChannelEvent } from './channel-event.ts'
import { createEncodedPages } from './encoded-pages.ts'
import { sseWire } from './transports/sse.ts'

import type { Wire } from './transports/wire.ts'

const mebibyte = 1024 * 1024

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A wire that counts what it is asked to encode, and makes chunks of so many bytes. */
function countingWire(bytes = 10): Wire & { encoded: number } {
  const wire = {
    ...sseWire,
    encoded: 0,
    events: () => {
      wire.encoded++
      return [Buffer.alloc(bytes)]
    },
  }
  return wire
}

const page = (first: number, count = 2, epoch = 'e') =>
  Array.from({ length: count }, (_, at) => new ChannelEvent(epoch, first + at, '0'))

describe('encoded pages', () => {
  it('are encoded once for all who read the same within a second', () => {
    const pages = createEncodedPages()
    const wire = countingWire()
    const chunks = pages.encode(wire, 'a', 'a', page(1))
    expect(pages.encode(wire, 'a', 'a', page(1))).toBe(chunks)
    expect(wire.encoded).toBe(1)
  })

  it('are those of one wire, one channel, one life and one stretch of it', () => {
    const pages = createEncodedPages()
    const wire = countingWire()
    const other = countingWire()
    pages.encode(wire, 'a', 'a', page(1))
    pages.encode(other, 'a', 'a', page(1))
    pages.encode(wire, 'b', 'a', page(1))
    pages.encode(wire, 'a', 'a', page(1, 2, 'f'))
    pages.encode(wire, 'a', 'a', page(2))
    pages.encode(wire, 'a', 'a', page(1, 3))
    expect([wire.encoded, other.encoded]).toEqual([5, 1])
  })

  it('are forgotten after a second, and leave no timer', () => {
    const pages = createEncodedPages()
    const wire = countingWire()
    pages.encode(wire, 'a', 'a', page(1))
    vi.advanceTimersByTime(1000)
    expect(vi.getTimerCount()).toBe(0)
    pages.encode(wire, 'a', 'a', page(1))
    expect(wire.encoded).toBe(2)
  })

  it('are forgotten before they are more than 8 MiB', () => {
    const pages = createEncodedPages()
    const wire = countingWire(3 * mebibyte)
    for (const first of [1, 3, 5, 1]) pages.encode(wire, 'a', 'a', page(first))
    expect(wire.encoded).toBe(4)
    const long = countingWire(9 * mebibyte)
    pages.encode(long, 'a', 'a', page(1))
    pages.encode(long, 'a', 'a', page(1))
    expect(long.encoded).toBe(2)
  })
})
