/** Milliseconds between two looks at ages and countdowns, which move by themselves. */
const refreshMs = 250

/** Something that moves all the time, as React wants to read it. */
export interface Snapshots<T> {
  /** Events may come faster than anybody sees: the page is told once per frame. */
  changed(): void
  subscribe(listener: () => void): () => void
  getSnapshot(): T
  stop(): void
}

export function createSnapshots<T>(read: () => T): Snapshots<T> {
  const listeners = new Set<() => void>()
  let frame = 0
  let snapshot = read()
  const timer = window.setInterval(() => !document.hidden && changed(), refreshMs)

  function publish(): void {
    frame = 0
    snapshot = read()
    for (const listener of listeners) listener()
  }

  function changed(): void {
    if (frame === 0 && listeners.size > 0) frame = requestAnimationFrame(publish)
  }

  return {
    changed,
    subscribe(listener) {
      listeners.add(listener)
      changed()
      return () => listeners.delete(listener)
    },
    getSnapshot: () => snapshot,
    stop() {
      window.clearInterval(timer)
      cancelAnimationFrame(frame)
    },
  }
}
