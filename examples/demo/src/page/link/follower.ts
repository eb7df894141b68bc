import { reasonOf, lineOf } from './event-line.ts'
import { createLineLog } from './line-log.ts'
import { createSnapshots } from './snapshots.ts'
import { createTally, namesOf } from './tally.ts'
import type { StateChange, Stream, StreamHandlers, StreamStats } from '@steadystream/core'
import type { EventLine } from './event-line.ts'
import type { Line } from './line-log.ts'
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

export function createFollower<Event>(options: FollowerOptions<Event>): Follower<Event> {
  const { open, numberOf, unit, onData, onEnd } = options
  const tally = createTally()
  let change: StateChange | undefined
  let retryAt = 0
  let latest: Event | undefined
  /** The first event after a gap tells which numbers fell into it. */
  let gapOpen = false
  const log = createLineLog(() => snapshots.changed())

  const stream = open({
    onData(event) {
      const lostBefore = tally.lost.length
      tally.add(numberOf(event))
      latest = event
      if (gapOpen) log.add(lossOf(tally.lost.slice(lostBefore), unit))
      gapOpen = false
      onData?.(event)
      snapshots.changed()
    },
    onGap({ kind, from, to }) {
      tally.gap()
      gapOpen = true
      const range = `after ${from ?? 'the beginning'} up to ${to ?? 'an unknown place'}`
      log.add({ tone: 'bad', what: 'gap', more: `${kind}, ${range}` })
    },
    onStateChange(next) {
      change = next
      retryAt = next.retryInMs === undefined ? 0 : performance.now() + next.retryInMs
      log.add(lineOf(next))
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
    lines: log.lines,
  })
  // A stream tells nothing before the task that created it is over: by then they are there.
  const snapshots = createSnapshots(read)

  return {
    stream,
    subscribe: snapshots.subscribe,
    getSnapshot: snapshots.getSnapshot,
    read,
    note: (what, more = '') => log.add({ tone: 'plain', what, more }),
    close() {
      snapshots.stop()
      stream.close()
    },
  }
}

function lossOf(lost: readonly number[], unit: string): Line {
  if (lost.length === 0) return { tone: 'good', what: `no ${unit} lost`, more: 'the gap held none' }
  return { tone: 'bad', what: lost.length === 1 ? `${unit} lost` : `${unit}s lost`, more: namesOf(lost) }
}
