import type { ChannelEvent } from '../../channel-event.ts'

const maxEvents = 256
const maxChars = 512 * 1024

/** The last events of a channel, without holes, so that clients that come back soon cost Redis nothing. */
export class HotTail {
  #events: ChannelEvent[] = []
  // Events before this index are gone; the array is cut only when half of it is.
  #head = 0
  #chars = 0

  push(event: ChannelEvent): void {
    this.#events.push(event)
    this.#chars += event.json.length
    while (this.#events.length - this.#head > maxEvents || this.#chars > maxChars) {
      this.#chars -= this.#events[this.#head++]?.json.length ?? 0
    }
    if (this.#head > maxEvents) {
      this.#events = this.#events.slice(this.#head)
      this.#head = 0
    }
  }

  clear(): void {
    this.#events = []
    this.#head = 0
    this.#chars = 0
  }

  /** The events after `offset`, at most `limit`; `undefined` where the first of them is not here. */
  after(offset: number, limit: number): readonly ChannelEvent[] | undefined {
    const first = this.#events[this.#head]
    if (!first || offset + 1 < first.offset) return undefined
    const from = this.#head + offset + 1 - first.offset
    return this.#events.slice(from, from + limit)
  }
}
