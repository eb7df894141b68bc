import { formatPosition, parsePosition } from '../../src/protocol/index.ts'

export interface FeedEvent {
  readonly position: string
  readonly data: unknown
}

/** What one client that joins is due. */
export interface Joint {
  /** Where it begins; behind the gap, where there is one. */
  readonly position: string
  /** The end of what it can have no more. */
  readonly gap: { readonly from: string; readonly to: string } | undefined
  /** Whether what it asked for is honoured; undefined where it asked for nothing. */
  readonly recovered: boolean | undefined
  readonly events: readonly FeedEvent[]
}

/** A channel with a short memory, for servers that are mocked. */
export interface Feed {
  readonly isComplete: boolean
  readonly position: string
  publish(...data: readonly unknown[]): void
  complete(): void
  restart(): void
  /** @param token `''` for none */
  join(token: string, fromStart: boolean): Joint
  /** Tells of what is published from now on, and of the end. */
  watch(changed: (events: readonly FeedEvent[]) => void): () => void
}

export function createFeed(history: number): Feed {
  let life = 0
  let kept: FeedEvent[] = []
  let top = 0
  let isComplete = false
  const watchers = new Set<(events: readonly FeedEvent[]) => void>()
  const place = (offset: number) => formatPosition({ epoch: `life${life}`, offset })
  const lost = () => top - kept.length
  const tell = (events: readonly FeedEvent[]) => [...watchers].forEach((changed) => changed(events))

  return {
    get isComplete() {
      return isComplete
    },
    get position() {
      return place(top)
    },
    publish(...data) {
      const events = data.map((each) => ({ position: place(++top), data: each }))
      kept = [...kept, ...events].slice(-history)
      tell(events)
    },
    complete() {
      isComplete = true
      tell([])
    },
    restart() {
      life++
      top = 0
      kept = []
      isComplete = false
    },
    join(token, fromStart) {
      const asked = parsePosition(token)
      const isKnown = asked?.epoch === `life${life}` && asked.offset >= lost() && asked.offset <= top
      const after = isKnown ? asked.offset : token || fromStart ? lost() : top
      return {
        position: place(after),
        gap: token && !isKnown ? { from: token, to: place(after) } : undefined,
        recovered: token ? isKnown : undefined,
        events: kept.slice(after - lost()),
      }
    },
    watch(changed) {
      watchers.add(changed)
      return () => void watchers.delete(changed)
    },
  }
}
