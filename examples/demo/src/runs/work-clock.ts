/** How long work has been under way, without the time for which it was paused. */
export class WorkClock {
  #beganAt: number
  #pausedAt: number | undefined

  /** @param beganAt in milliseconds since 1970, as are all times here */
  constructor(beganAt: number) {
    this.#beganAt = beganAt
  }

  get isPaused(): boolean {
    return this.#pausedAt !== undefined
  }

  pause(at: number): void {
    this.#pausedAt ??= at
  }

  resume(at: number): void {
    if (this.#pausedAt === undefined) return
    this.#beganAt += at - this.#pausedAt
    this.#pausedAt = undefined
  }

  elapsed(now: number): number {
    return (this.#pausedAt ?? now) - this.#beganAt
  }
}
