import type { Position } from '@steadystream/core/protocol'

/** An event as it once was in history. A crash may give its position to another one: each knows which it came after. */
export interface Entry {
  readonly epoch: string
  readonly offset: number
  /** What was published; `undefined` of the place before the first event of a life. */
  readonly number: number | undefined
  readonly before: Entry | undefined
  /** When it came. */
  readonly at: number
  /** Whether it was gone, and a snapshot brought it back. */
  cameBack: boolean
  /** Whether Redis lost it, and then stood before it. */
  wasLost: boolean
  /** Of the place before the first event: whether this life was taken over from another process of Redis on somebody's word. */
  wasVouchedFor: boolean
}

/** Everything that ever was in history, whatever became of it. Channels are named by the keys of their hashes. */
export interface Truth {
  /** @returns the place before the first event. */
  begin(channel: string, epoch: string): Entry
  append(channel: string, before: Entry, number: number): Entry
  /** What has had this position, in the order in which it came. */
  find(channel: string, position: Position): readonly Entry[]
  /** Redis stood at `had`, and stands at `has` now. */
  lose(had: Entry | undefined, has: Entry | undefined): void
  /** Somebody who has seen some of this life says that it goes on with this. */
  vouch(top: Entry): void
  /** Something of these channels was lost: another life of each may begin. */
  excuse(channels: Iterable<string>): void
}

// Publishers give up before a key is forgotten.
const longestChain = 500

export function createTruth(now: () => number, fail: (message: string) => void): Truth {
  const byPosition = new Map<string, Entry[]>()
  const excused = new Set<string>()
  const lives = new Map<string, number>()

  const young = () => ({ at: now(), cameBack: false, wasLost: false, wasVouchedFor: false })

  function keep(channel: string, entry: Entry): Entry {
    const name = `${channel} ${entry.epoch}:${entry.offset}`
    const entries = byPosition.get(name)
    if (entries) entries.push(entry)
    else byPosition.set(name, [entry])
    return entry
  }

  return {
    begin(channel, epoch) {
      const count = lives.get(channel) ?? 0
      lives.set(channel, count + 1)
      if (count > 0 && !excused.delete(channel)) fail(`another life of ${channel} begins, and nothing of it was lost`)
      return keep(channel, { epoch, offset: 0, number: undefined, before: undefined, ...young() })
    },
    append(channel, before, number) {
      let at: Entry | undefined = before
      for (let n = 0; at && n < longestChain; n++, at = at.before)
        if (at.number === number)
          fail(`#${number} of ${channel} is there twice, as ${at.offset} and ${before.offset + 1}`)
      return keep(channel, { epoch: before.epoch, offset: before.offset + 1, number, before, ...young() })
    },
    find: (channel, { epoch, offset }) => byPosition.get(`${channel} ${epoch}:${offset}`) ?? [],
    lose(had, has) {
      const kept = new Set<Entry>()
      for (let entry = has; entry; entry = entry.before) kept.add(entry)
      for (let entry = had; entry && !kept.has(entry); entry = entry.before) entry.wasLost = true
    },
    vouch(top) {
      beginOf(top).wasVouchedFor = true
    },
    excuse(channels) {
      for (const channel of channels) excused.add(channel)
    },
  }
}

/** The place before the first event of its life. */
export function beginOf(entry: Entry): Entry {
  let at = entry
  while (at.before) at = at.before
  return at
}
