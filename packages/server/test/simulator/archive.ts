import { parsePosition } from '@steadystream/core/protocol'

import { nameChannel } from '../../src/channel.ts'
import { channelKeys } from '../../src/backplanes/redis/keys.ts'
import { prefix } from './fleet.ts'
import { beginOf } from './redis/truth.ts'

import type { ChannelKeys } from '../../src/backplanes/redis/keys.ts'
import type { Keyspace } from './redis/keyspace.ts'
import type { Entry, Truth } from './redis/truth.ts'

/** What is, and what ever was, in the history of channels, by their labels. */
export interface Archive {
  /** What has had this position. */
  find(label: string, position: string): readonly Entry[]
  /** What can be read now. */
  readable(label: string): readonly Entry[]
  /** Where the channel stands now; `undefined` where nobody has asked since it was forgotten. */
  top(label: string): Entry | undefined
  /**
   * Whether Redis lost it, a server that knew of it may be gone, and one that knew less vouched for what was left. What
   * comes in its place then, by an offset that its readers have had, nobody can tell from it.
   */
  isForgotten(entry: Entry): boolean
  /** The first place of its life. */
  life(label: string): Entry | undefined
}

export function keysOf(label: string): ChannelKeys {
  return channelKeys(prefix, nameChannel(label).key)
}

export function createArchive(truth: Truth, store: () => Keyspace, lastDeath: () => number): Archive {
  const top = (label: string): Entry | undefined => topIn(store(), keysOf(label))
  return {
    find(label, position) {
      const parsed = parsePosition(position)
      return parsed ? truth.find(keysOf(label).meta, parsed) : []
    },
    readable: (label) => readableIn(store(), keysOf(label)),
    top,
    isForgotten: (entry) => entry.wasLost && lastDeath() >= entry.at && beginOf(entry).wasVouchedFor,
    life(label) {
      const last = top(label)
      return last && truth.find(keysOf(label).meta, { epoch: last.epoch, offset: 0 })[0]
    },
  }
}

export function topIn(store: Keyspace, { meta, log }: ChannelKeys): Entry | undefined {
  return store.meta(meta)?.top ?? store.log(log)?.top
}

export function readableIn(store: Keyspace, keys: ChannelKeys): readonly Entry[] {
  const epoch = topIn(store, keys)?.epoch
  return (store.log(keys.log)?.items ?? []).flatMap(({ entry }) => (entry && entry.epoch === epoch ? [entry] : []))
}
