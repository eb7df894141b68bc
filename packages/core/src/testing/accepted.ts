/** What has been accepted, in order, and handed out one by one to those who ask for the next. */
export interface Accepted<T> {
  readonly all: readonly T[]
  add(connection: T): void
  /** The one of this number, from 0. @throws {RangeError} if there is none yet. */
  at(n: number): T
  /** The next one that this has not returned before, as soon as there is one. */
  next(): Promise<T>
}

export function createAccepted<T>(): Accepted<T> {
  const all: T[] = []
  const waiting: ((connection: T) => void)[] = []
  let handedOut = 0
  return {
    all,
    add(connection) {
      all.push(connection)
      const next = waiting.shift()
      if (!next) return
      handedOut += 1
      next(connection)
    },
    at(n) {
      const connection = all[n]
      if (!connection) throw new RangeError(`there is no connection ${n}: ${all.length} accepted so far`)
      return connection
    },
    next() {
      const connection = all[handedOut]
      if (!connection) return new Promise((resolve) => waiting.push(resolve))
      handedOut += 1
      return Promise.resolve(connection)
    },
  }
}
