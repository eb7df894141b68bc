/** Milliseconds of one frame: rendering more often than this shows nobody more. */
const frameMs = 16

export interface Batch {
  /** Calls `flush` at once, or, within a frame of the last time, at the end of that frame. */
  request(): void
  cancel(): void
}

/** Makes many changes one: a burst of events is to be a few renders. */
export function createBatch(after: (ms: number, callback: () => void) => () => void, flush: () => void): Batch {
  let cancelFrame: (() => void) | undefined
  let isDue = false

  function run(): void {
    isDue = false
    cancelFrame = after(frameMs, () => {
      cancelFrame = undefined
      if (isDue) run()
    })
    flush()
  }

  return {
    request() {
      isDue = true
      if (!cancelFrame) run()
    },
    cancel() {
      cancelFrame?.()
      cancelFrame = undefined
      isDue = false
    },
  }
}
