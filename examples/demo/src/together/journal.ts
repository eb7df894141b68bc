import { setTimeout as delay } from 'node:timers/promises'
import type { Backplane } from '@steadystream/server'

type Position = Awaited<ReturnType<Backplane['publish']>>

/** An entry as it lies in the journal. */
export interface Entered<Entry> {
  readonly entry: Entry
  /** Its number in the journal: the same in every process. */
  readonly offset: number
  /** Whether it came while this process was looking; `false` for what was there before. */
  readonly isNew: boolean
}

/**
 * A list of entries that all processes on one backplane write to, and take in one order: who does the same with each
 * comes to the same. What a process keeps in its memory is made of nothing else, so that it is the same in all of them.
 */
export interface Journal<Entry> {
  /** Resolves when the entry, and every one before it, was taken here. */
  append(entry: Entry): Promise<void>
  /** Takes what any process has appended before this call. */
  catchUp(): Promise<void>
  stop(): void
}

export interface JournalOptions<Entry> {
  readonly backplane: Backplane
  /** Names the journal. Channels have keys of other forms: no client can read or write this one. */
  readonly name: string
  take(entered: Entered<Entry>): void
  onFailure(error: unknown): void
}

const maxEntries = 100_000
/** Milliseconds between two looks for an entry that is known to be there. */
const lookMs = 20
const maxLooks = 100

export async function openJournal<Entry>(options: JournalOptions<Entry>): Promise<Journal<Entry>> {
  const { backplane, onFailure } = options
  const key = `demo:${options.name}`
  let last: Position | undefined
  let isNew = false
  let reading = Promise.resolve()

  const has = ({ epoch, offset }: Position) => last?.epoch === epoch && last.offset >= offset

  function take({ epoch, offset, json }: Position & { readonly json: string }): void {
    if (has({ epoch, offset })) return
    last = { epoch, offset }
    try {
      // The processes of one demo are of one version: what they write is what they read.
      options.take({ entry: JSON.parse(json) as Entry, offset, isNew })
    } catch (error) {
      onFailure(error)
    }
  }

  async function readRest(): Promise<void> {
    // Asked for nothing but the extent, a backplane answers as of now; with events it may answer as of a moment before.
    const { epoch, top } = await backplane.read(key, { after: 0, limit: 0 })
    for (let look = 0; look < maxLooks && top > 0 && !has({ epoch, offset: top }); look++) {
      if (look > 0) await delay(lookMs)
      const after = last?.epoch === epoch ? last.offset : 0
      const page = await backplane.read(key, { after, limit: maxEntries })
      for (const event of page.events) take(event)
      // What is too old is gone from history: there is nothing to take up to there.
      if (page.events.length === 0 && !has({ epoch: page.epoch, offset: page.top }))
        last = { epoch: page.epoch, offset: page.top }
    }
  }

  function catchUp(): Promise<void> {
    reading = reading.catch(() => {}).then(readRest)
    return reading
  }

  const unsubscribe = await backplane.subscribe(key, {
    event(event) {
      const isNext = last?.epoch === event.epoch ? event.offset <= last.offset + 1 : !last && event.offset === 1
      if (isNext) take(event)
      else catchUp().catch(onFailure)
    },
    missed: () => void catchUp().catch(onFailure),
    complete() {},
  })
  await catchUp()
  isNew = true

  return {
    async append(entry) {
      const position = await backplane.publish(key, JSON.stringify(entry))
      if (!has(position)) await catchUp()
    },
    catchUp,
    stop: unsubscribe,
  }
}
