export interface LatestOnly<Item> {
  /** Works on the item next; one that still waits for its turn is forgotten. */
  push(item: Item): void
  /** Forgets the one that waits. */
  clear(): void
}

/** Works on one item at a time, and always on the newest: frames may come faster than their pictures load. */
export function createLatestOnly<Item>(work: (item: Item) => Promise<void>): LatestOnly<Item> {
  let waiting: { readonly item: Item } | undefined
  let busy = false

  async function workOff(): Promise<void> {
    if (busy) return
    busy = true
    for (let next = waiting; next; next = waiting) {
      waiting = undefined
      await work(next.item)
    }
    busy = false
  }

  return {
    push(item) {
      waiting = { item }
      void workOff()
    },
    clear() {
      waiting = undefined
    },
  }
}
