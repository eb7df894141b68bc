import type { Position } from '@steadystream/core/protocol'

/** How long, in milliseconds, an idempotency key is remembered. */
export const idempotencyMs = 5 * 60_000
/** How many of one channel are. */
export const maxRecentKeys = 10_000

/** The idempotency keys of one channel, with what was published under them. Time comes in as a number. */
export class RecentKeys {
  /** In the order in which they came, so that the first are the ones to forget. */
  readonly #entries = new Map<string, { readonly position: Position; readonly at: number }>()

  get size(): number {
    return this.#entries.size
  }

  find(key: string, now: number): Position | undefined {
    const entry = this.#entries.get(key)
    return entry && now - entry.at < idempotencyMs ? entry.position : undefined
  }

  add(key: string, position: Position, now: number): void {
    this.#entries.delete(key)
    this.#entries.set(key, { position, at: now })
    this.prune(now)
  }

  prune(now: number): void {
    for (const [key, { at }] of this.#entries) {
      if (this.#entries.size <= maxRecentKeys && now - at < idempotencyMs) return
      this.#entries.delete(key)
    }
  }
}
