/** Where work waits while it is paused. */
export interface Gate {
  readonly isPaused: boolean
  pause(): void
  resume(): void
  /** Resolves at once, or when work is to go on. Rejects when the signal ends it. */
  pass(signal: AbortSignal): Promise<void>
}

export function createGate(): Gate {
  let isPaused = false
  const waiting = new Set<() => void>()
  return {
    get isPaused() {
      return isPaused
    },
    pause() {
      isPaused = true
    },
    resume() {
      isPaused = false
      for (const go of waiting) go()
      waiting.clear()
    },
    pass(signal) {
      if (!isPaused) return Promise.resolve()
      return new Promise((resolve, reject) => {
        waiting.add(resolve)
        signal.addEventListener('abort', () => reject(new Error('ended while paused')), { once: true })
      })
    },
  }
}
