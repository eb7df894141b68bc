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

  /** @returns `false` where it is too much at `now`. */
  take(now: number): boolean {
    this.#fill(now)
    if (this.#tokens < 1) return false
    this.#tokens--
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
