/** What waits for a consumer, bounded in number and size. */
export interface DeliveryBuffer<T> {
  /** Whether reading has to stop: from the moment a bound is reached until half of it is free again. */
  readonly isFull: boolean
  readonly length: number
  /** Always takes the item: the bounds stop the reader, or have room made by the policy. */
  push(item: T): void
  shift(): T | undefined
  clear(): void
}

export interface BufferBounds {
  readonly maxBufferedEvents: number
  /** In characters. */
  readonly maxBufferedSize: number
}

/**
 * @param makeRoom what a full buffer keeps of its items; without it, nothing is dropped
 */
export function createDeliveryBuffer<T>(
  { maxBufferedEvents, maxBufferedSize }: BufferBounds,
  sizeOf: (item: T) => number,
  makeRoom?: (items: readonly T[]) => T[],
): DeliveryBuffer<T> {
  let items: T[] = []
  let head = 0
  let size = 0
  let isFull = false

  const length = () => items.length - head
  const reaches = (share: number) => length() >= maxBufferedEvents * share || size >= maxBufferedSize * share

  return {
    get isFull() {
      return isFull
    },
    get length() {
      return length()
    },
    push(item) {
      items.push(item)
      size += sizeOf(item)
      if (makeRoom && reaches(1)) {
        const all = items
        const kept = makeRoom(items.slice(head))
        // The user's `keyOf` may have closed the stream, and that has cleared it.
        if (items !== all) return
        items = kept
        head = 0
        size = items.reduce((sum, each) => sum + sizeOf(each), 0)
      }
      isFull ||= reaches(1)
    },
    shift() {
      const first = items[head]
      if (first === undefined) return undefined
      head += 1
      size -= sizeOf(first)
      // Shifting an array of a thousand moves the rest of it each time; this moves it once in a while.
      if (head > 512 || head === items.length) {
        items = items.slice(head)
        head = 0
      }
      isFull &&= length() > 0 && reaches(0.5)
      return first
    },
    clear() {
      items = []
      head = size = 0
      isFull = false
    },
  }
}
