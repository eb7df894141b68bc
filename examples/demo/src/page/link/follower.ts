import { reasonOf, lineOf } from './event-line.ts'
import { createTally, namesOf } from './tally.ts'
import type { StateChange, Stream, StreamHandlers, StreamStats } from '@steadystream/core'
import type { EventLine } from './event-line.ts'
import type { FrameCount, Numbered } from './tally.ts'

/** What a page shows of a stream that it follows closely. A new object whenever something has changed. */
export interface Followed<Event> {
  readonly state: StateChange['state']
  readonly reason: string
  readonly change: StateChange | undefined
  /** Milliseconds until the next attempt; not above 0 where none is waited for. */
  readonly waitMs: number
  readonly stats: StreamStats
  readonly count: FrameCount
  readonly latest: Event | undefined
  readonly lines: readonly EventLine[]
}

/** A stream with a count of its own of what came, and a log of what happened to its link. */
export interface Follower<Event> {
  readonly stream: Stream<Event>
  subscribe(changed: () => void): () => void
  getSnapshot(): Followed<Event>
  /** The same as of this moment. */
  read(): Followed<Event>
  note(what: string, more?: string): void
  close(): void
}

export interface FollowerOptions<Event> {
  open(handlers: StreamHandlers<Event>): Stream<Event>
  /** What the tally counts by. */
  numberOf(event: Event): Numbered
  /** What a number stands for, for the log: `frame`. */
  readonly unit: string
  onData?(event: Event): void
  onEnd?(): void
}

const keptLines = 100
/** Milliseconds between two looks at ages and countdowns, which move by themselves. */
const refreshMs = 250

export function createFollower<Event>(options: FollowerOptions<Event>): Follower<Event> {
  const { open, numberOf, unit, onData, onEnd } = options
  const tally = createTally()
  const listeners = new Set<() => void>()
  let lines: readonly EventLine[] = []
  let change: StateChange | undefined
  let retryAt = 0
  let latest: Event | undefined
  /** The first event after a gap tells which numbers fell into it. */
  let gapOpen = false
  let frame = 0
  let keys = 0

  function add(line: Pick<EventLine, 'tone' | 'what' | 'more'>): void {
    lines = [{ ...line, key: keys++, at: new Date() }, ...lines].slice(0, keptLines)
    changed()
  }

  function addLoss(lost: readonly number[]): void {
    if (lost.length === 0) add({ tone: 'good', what: `no ${unit} lost`, more: 'the gap held none' })
    else add({ tone: 'bad', what: lost.length === 1 ? `${unit} lost` : `${unit}s lost`, more: namesOf(lost) })
  }

  const stream = open({
    onData(event) {
      const lostBefore = tally.lost.length
      tally.add(numberOf(event))
      latest = event
      if (gapOpen) addLoss(tally.lost.slice(lostBefore))
      gapOpen = false
      onData?.(event)
      changed()
    },
    onGap({ kind, from, to }) {
      tally.gap()
      gapOpen = true
      const range = `after ${from ?? 'the beginning'} up to ${to ?? 'an unknown place'}`
      add({ tone: 'bad', what: 'gap', more: `${kind}, ${range}` })
    },
    onStateChange(next) {
      change = next
      retryAt = next.retryInMs === undefined ? 0 : performance.now() + next.retryInMs
      add(lineOf(next))
    },
    onComplete: () => onEnd?.(),
  })

  const read = (): Followed<Event> => ({
    state: stream.state,
    reason: change ? reasonOf(change) : 'not started',
    change,
    waitMs: retryAt - performance.now(),
    stats: stream.stats,
    count: tally.count(),
    latest,
    lines,
  })
  let snapshot = read()

  function publish(): void {
    frame = 0
    snapshot = read()
    for (const listener of listeners) listener()
  }
  /** Events may come faster than anybody sees: the page is told once per frame. */
  function changed(): void {
    if (frame === 0 && listeners.size > 0) frame = requestAnimationFrame(publish)
  }
  const timer = window.setInterval(() => !document.hidden && changed(), refreshMs)

  return {
    stream,
    subscribe(listener) {
      listeners.add(listener)
      changed()
      return () => listeners.delete(listener)
    },
    getSnapshot: () => snapshot,
    read,
    note: (what, more = '') => add({ tone: 'plain', what, more }),
    close() {
      window.clearInterval(timer)
      cancelAnimationFrame(frame)
      stream.close()
    },
  }
}
