import { readObject, show } from './option-readers.ts'

/** How often a channel is published to, and what becomes of events that come more often. */
export interface Shape<Event = unknown> {
  /** From 0.01 to 1,000. The first event after a rest goes at once. */
  readonly maxPerSecond: number
  /** Of the events that wait, only the latest with the same key is published. */
  readonly latestByKey?: ((event: Event) => unknown) | undefined
  /**
   * Makes one event of those that wait. Default: the array of them, also of a single one; where `latestByKey` is given,
   * they stay events of their own, which leave in one write.
   */
  readonly batch?: ((events: readonly Event[]) => unknown) | undefined
}

/** @throws {TypeError | RangeError} naming what is wrong. */
export function checkShape(shape: Shape): void {
  const { maxPerSecond, latestByKey, batch } = readObject('shape', shape, ['maxPerSecond', 'latestByKey', 'batch'])
  if (typeof maxPerSecond !== 'number' || !(maxPerSecond >= 0.01 && maxPerSecond <= 1000)) {
    throw new RangeError(`shape.maxPerSecond must be a number from 0.01 to 1000, got ${show(maxPerSecond)}`)
  }
  for (const [name, value] of Object.entries({ latestByKey, batch })) {
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError(`shape.${name} must be a function, got ${show(value)}`)
    }
  }
}

/** What is published of events that have waited together. */
export function formEvents(events: readonly unknown[], { latestByKey, batch }: Shape): readonly unknown[] {
  if (batch) return [batch(events)]
  if (!latestByKey) return [events]
  const latest = new Map<unknown, unknown>()
  for (const event of events) {
    const key = latestByKey(event)
    // The newest stands where it came.
    latest.delete(key)
    latest.set(key, event)
  }
  return [...latest.values()]
}
