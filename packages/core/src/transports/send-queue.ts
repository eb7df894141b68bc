/** What waits to be sent, in order, bounded in number, size and age. Times are milliseconds of one clock. */
export interface SendQueue<T> {
  /** @returns whether it was taken. */
  push(item: T, size: number, now: number): boolean
  /** Offers what is not stale, in order, until `send` returns `false`; that one and those behind it stay. */
  flush(now: number, send: (item: T) => boolean): void
}

/**
 * @param maxSize in the unit of the sizes that are pushed
 * @param ttlMs age from which an item is stale: it is dropped, and never sent
 */
export function createSendQueue<T>(maxItems: number, maxSize: number, ttlMs: number): SendQueue<T> {
  let waiting: { readonly item: T; readonly size: number; readonly staleAt: number }[] = []

  // Few wait, and seldom: keeping no running total leaves nothing that could disagree.
  const dropStale = (now: number) => (waiting = waiting.filter(({ staleAt }) => now < staleAt))

  return {
    push(item, size, now) {
      dropStale(now)
      const fits = waiting.length < maxItems && waiting.reduce((total, { size: each }) => total + each, size) <= maxSize
      if (fits) waiting.push({ item, size, staleAt: now + ttlMs })
      return fits
    },
    flush(now, send) {
      dropStale(now)
      while (waiting[0] && send(waiting[0].item)) waiting.shift()
    },
  }
}
