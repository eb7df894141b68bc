/** What is asked for under one name: what is on its way, and what those wait for who asked since. */
interface Turn<T> {
  next: Promise<T> | undefined
  readonly settled: Promise<unknown>
}

/**
 * Makes one call of those that are asked for at the same time. Who asks while one is on its way gets the next, as that
 * one may have been answered from before he asked.
 */
export function createSharedCalls<T>(): (name: string, call: () => Promise<T>) => Promise<T> {
  const turns = new Map<string, Turn<T>>()

  function begin(name: string, call: () => Promise<T>): Promise<T> {
    const result = call()
    const turn: Turn<T> = { next: undefined, settled: result.catch(() => {}) }
    turns.set(name, turn)
    void turn.settled.then(() => {
      if (!turn.next) turns.delete(name)
    })
    return result
  }

  return (name, call) => {
    const turn = turns.get(name)
    if (!turn) return begin(name, call)
    return (turn.next ??= turn.settled.then(() => begin(name, call)))
  }
}
