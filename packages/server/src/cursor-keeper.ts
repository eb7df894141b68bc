import { formatCursor } from './cursor.ts'
import { createSweep } from './sweep.ts'

import type { Start } from './resume.ts'
import type { Session } from './session.ts'
import type { Subscription } from './subscription.ts'
import type { ChannelsSseWire } from './transports/channels-wire.ts'

// A block of its own for each event would more than double what is sent; in between, delivery is at least once.
const cursorMs = 1000

/** Tells a native `EventSource` where it stands in all its channels: a block that has an `id` alone, and is no event. */
export class CursorKeeper {
  readonly #session: Session
  readonly #wire: ChannelsSseWire
  readonly #starts: readonly Start[]
  readonly #subscriptions: (Subscription | undefined)[] = []
  #told = ''

  /** @param starts where the client asked to begin in each channel, in its order; they stand there until they do. */
  constructor(session: Session, wire: ChannelsSseWire, starts: readonly Start[]) {
    this.#session = session
    this.#wire = wire
    this.#starts = starts
  }

  /** The channel in this place of the client's list is followed by this. */
  watch(index: number, subscription: Subscription): void {
    this.#subscriptions[index] = subscription
  }

  /** Sends the cursor where it is another one than last time; it stands behind everything that it counts. */
  tell(): void {
    const cursor = formatCursor(this.#starts.map((start, index) => this.#subscriptions[index]?.reached ?? start))
    if (cursor === this.#told) return
    this.#told = cursor
    this.#session.write(this.#wire.cursor(cursor))
  }
}

/** All that keep a cursor, which one timer looks after. */
export class Cursors {
  readonly #keepers = new Set<CursorKeeper>()
  readonly #sweep = createSweep(cursorMs, () => {
    for (const keeper of this.#keepers) keeper.tell()
  })

  add(keeper: CursorKeeper): void {
    keeper.tell()
    this.#keepers.add(keeper)
    this.#sweep.start()
  }

  remove(keeper: CursorKeeper): void {
    this.#keepers.delete(keeper)
    if (this.#keepers.size === 0) this.#sweep.stop()
  }
}
