import { monotonicMs } from './env.ts'
import { TokenBucket } from './token-bucket.ts'

const pruneMs = 60_000

/** A bucket for each of many clients, forgotten when it is full again. */
export class RateTable {
  readonly #capacity: number
  readonly #perSecond: number
  readonly #buckets = new Map<string, TokenBucket>()
  #prunedAt = monotonicMs()

  constructor(capacity: number, perSecond: number) {
    this.#capacity = capacity
    this.#perSecond = perSecond
  }

  /** @returns `false` where it is too much now. */
  take(key: string): boolean {
    const now = monotonicMs()
    this.#prune(now)
    let bucket = this.#buckets.get(key)
    if (!bucket) this.#buckets.set(key, (bucket = new TokenBucket(this.#capacity, this.#perSecond, now)))
    return bucket.take(now)
  }

  #prune(now: number): void {
    if (now - this.#prunedAt < pruneMs) return
    this.#prunedAt = now
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key)
  }
}
