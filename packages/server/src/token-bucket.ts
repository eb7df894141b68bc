/** Lets `perSecond` things happen, and up to `capacity` at once after a rest. Time comes in as a number of milliseconds. */
export class TokenBucket {
  readonly #capacity: number
  readonly #perMs: number
  #tokens: number
  #at: number

  constructor(capacity: number, perSecond: number, now: number) {
    this.#capacity = capacity
    this.#perMs = perSecond / 1000
    this.#tokens = capacity
    this.#at = now
  }

  /** Takes `count` at once, or all where that is more than there can be. @returns `false` where it is too much at `now`. */
  take(now: number, count = 1): boolean {
    const cost = Math.max(1, Math.min(count, this.#capacity))
    this.#fill(now)
    if (this.#tokens < cost) return false
    this.#tokens -= cost
    return true
  }

  /** Whether it is as if nothing had happened. */
  isFull(now: number): boolean {
    this.#fill(now)
    return this.#tokens === this.#capacity
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + Math.max(0, now - this.#at) * this.#perMs)
    this.#at = now
  }
}
