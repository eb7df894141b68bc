import type { Backplane, Page, ReadRange } from './backplanes/backplane.ts'

/**
 * Reads of history, of which those that are the same and under way at the same time are one: a thousand clients that come
 * back together, from the same place, cost the broker one. What a reader misses as his read began before he asked, he
 * reads next.
 */
export function shareReads(backplane: Pick<Backplane, 'read'>): Pick<Backplane, 'read'> {
  const underWay = new Map<string, Promise<Page>>()
  return {
    read(key: string, range: ReadRange) {
      const what = `${range.after}:${range.limit}:${key}`
      let page = underWay.get(what)
      if (!page) {
        page = backplane.read(key, range).finally(() => underWay.delete(what))
        underWay.set(what, page)
      }
      return page
    },
  }
}
