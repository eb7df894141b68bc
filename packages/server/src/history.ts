import type { ChannelEvent } from './channel-event.ts'

export interface HistoryLimits {
  /** Events kept per channel. */
  readonly size: number
  /** Bytes of event blocks kept per channel. */
  readonly bytes: number
  /** Milliseconds an event is kept. */
  readonly ttlMs: number
}

interface Entry {
  readonly event: ChannelEvent
  readonly bytes: number
  readonly at: number
}

/**
 * The last events of one channel's life, bounded in number, bytes and age. Offsets are contiguous, so that what is
 * missing is always the part before `oldest`. Time comes in as a number.
 */
export class History {
  readonly #limits: HistoryLimits
  #entries: Entry[] = []
  // Entries before this index are evicted; the array is cut only when half of it is, which makes eviction O(1).
  #head = 0
  #bytes = 0
  #top = 0

  constructor(limits: HistoryLimits) {
    this.#limits = limits
  }

  /** Offset of the last event ever appended; 0 where there was none. */
  get top(): number {
    return this.#top
  }

  /** Offset of the oldest event kept; `top + 1` where none is. */
  get oldest(): number {
    return this.#top - this.size + 1
  }

  get size(): number {
    return this.#entries.length - this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Appends the event with offset `top + 1`. One that is over the byte limit by itself is not kept. */
  append(event: ChannelEvent, now: number): void {
    const bytes = event.sse.length
    this.#entries.push({ event, bytes, at: now })
    this.#bytes += bytes
    this.#top = event.offset
    this.prune(now)
  }

  /** The events after `offset`, oldest first, at most `limit`. */
  after(offset: number, limit: number): readonly ChannelEvent[] {
    const from = this.#head + Math.max(0, offset + 1 - this.oldest)
    return this.#entries.slice(from, from + limit).map((entry) => entry.event)
  }

  /** Drops what is over a limit at `now`. */
  prune(now: number): void {
    const { size, bytes, ttlMs } = this.#limits
    for (let first = this.#entries[this.#head]; first; first = this.#entries[this.#head]) {
      if (this.size <= size && this.#bytes <= bytes && now - first.at < ttlMs) break
      this.#bytes -= first.bytes
      this.#head++
    }
    if (this.#head > 32 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
    if (this.#head === this.#entries.length) {
      this.#entries = []
      this.#head = 0
    }
  }
}
