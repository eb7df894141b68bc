import { monotonicMs, randomFraction } from '../../env.ts'
import { FollowedChannel } from './followed-channel.ts'
import { createGate } from './gate.ts'
import { parseMessage } from './messages.ts'

import type { Failure, ReadRange, Receiver } from '../backplane.ts'
import type { Reading } from './channel-scripts.ts'
import type { KnownChannel } from './known-channel.ts'
import type { Subscriber } from './subscriber.ts'

export interface TableSetup {
  readonly known: (key: string) => KnownChannel
  readonly subscriber: Subscriber
  readonly read: (channel: FollowedChannel, range: ReadRange) => Promise<Reading>
  readonly onFailure: (failure: Failure) => void
  /** Milliseconds between two looks at the position of a channel, at most; half of them at least. */
  readonly checkMs: number
}

/** The channels that are followed in this process. */
export interface ChannelTable {
  find(key: string): FollowedChannel | undefined
  follow(key: string, receiver: Receiver): Promise<() => void>
  /** Takes a message of Redis. */
  take(name: string, text: string): void
  /** Takes the news, from whoever read it, that this is the epoch of a channel. */
  takeEpoch(key: string, epoch: string): void
  /** Messages are lost from here on. */
  suspend(): void
  /** Messages come again; what was lost is read, and nothing passes before. */
  resume(): void
  /** Reads what could not be read before, lets go of channels, checks positions. */
  look(now: number): void
  /** Whether a channel waits for what it missed. */
  readonly isBehind: boolean
  clear(): void
}

// Events in one read.
const pageLimit = 256
// How long, in milliseconds, a channel stays subscribed for who may come back.
const lingerMs = 1000
const readsAtOnce = 64

export function createChannelTable({ known, subscriber, read, onFailure, checkMs }: TableSetup): ChannelTable {
  const channels = new Map<string, FollowedChannel>()
  const byName = new Map<string, FollowedChannel>()
  const joining = new Map<FollowedChannel, Promise<void>>()
  const reading = new Set<FollowedChannel>()
  const gate = createGate(readsAtOnce)
  let isSuspended = false

  function isHere(channel: FollowedChannel): boolean {
    return channels.get(channel.key) === channel
  }

  /** Reads until the channel is live. */
  async function readUp(channel: FollowedChannel): Promise<void> {
    let isLive = false
    while (!isLive && isHere(channel)) {
      const { page, run } = await read(channel, channel.beginPage(pageLimit))
      isLive = channel.apply(page, run)
    }
    channel.checkAt = monotonicMs() + checkMs * (1 + randomFraction()) * 0.5
  }

  /** As {@link readUp}, once at a time, and not too many of them; what fails is tried again at the next look. */
  function readUpSoon(channel: FollowedChannel): void {
    if (isSuspended || reading.has(channel)) return
    reading.add(channel)
    gate(() => readUp(channel)).then(
      () => void reading.delete(channel),
      (error: unknown) => {
        reading.delete(channel)
        channel.isBehind = true
        if (isHere(channel)) onFailure({ stage: 'read', key: channel.key, error })
      },
    )
  }

  function suspendAll(): void {
    for (const channel of channels.values()) {
      channel.isBehind = true
      channel.suspend()
    }
  }

  function drop(channel: FollowedChannel): void {
    if (!isHere(channel)) return
    const { meta } = channel.known.keys
    channels.delete(channel.key)
    byName.delete(meta)
    subscriber.remove(meta)
  }

  async function join(channel: FollowedChannel): Promise<void> {
    try {
      // First the messages, which are held, then where they begin.
      await subscriber.add(channel.known.keys.meta)
      reading.add(channel)
      await readUp(channel)
    } catch (error) {
      drop(channel)
      throw error
    } finally {
      reading.delete(channel)
      joining.delete(channel)
    }
  }

  function open(key: string): FollowedChannel {
    const channel = new FollowedChannel(key, known(key))
    channels.set(key, channel)
    byName.set(channel.known.keys.meta, channel)
    joining.set(channel, join(channel))
    return channel
  }

  return {
    find: (key) => channels.get(key),

    async follow(key, receiver) {
      const channel = channels.get(key) ?? open(key)
      // A wrapper of its own: the same receiver may subscribe twice.
      const own: Receiver = {
        event: (event) => receiver.event(event),
        missed: (top) => receiver.missed(top),
        complete: (end) => receiver.complete(end),
      }
      channel.receivers = [...channel.receivers, own]
      const leave = () => {
        if (!channel.receivers.includes(own)) return
        channel.receivers = channel.receivers.filter((one) => one !== own)
        if (channel.receivers.length === 0) channel.idleSince = monotonicMs()
      }
      try {
        await joining.get(channel)
      } catch (error) {
        leave()
        throw error
      }
      return leave
    },

    take(name, text) {
      const channel = byName.get(name)
      // None where it was let go of.
      if (!channel || channel.takeNext(text)) return
      const message = parseMessage(text)
      if (!message) {
        onFailure({ stage: 'message', key: channel.key, error: new TypeError('a message of Redis makes no sense') })
        return
      }
      const hasToRead =
        message.kind === 'event'
          ? channel.take(message.event)
          : message.kind === 'end'
            ? channel.takeEnd(message.position)
            : channel.takeTop(message.position)
      if (hasToRead) {
        channel.isBehind = true
        readUpSoon(channel)
      }
    },

    takeEpoch(key, epoch) {
      const channel = channels.get(key)
      if (!channel || joining.has(channel) || channel.epoch === epoch) return
      channel.suspend()
      channel.isBehind = true
      readUpSoon(channel)
    },

    suspend() {
      isSuspended = true
      suspendAll()
    },

    resume() {
      isSuspended = false
      // Again, as a read that was under way may have ended since, from before the last message that was lost.
      suspendAll()
      for (const channel of channels.values()) if (!joining.has(channel)) readUpSoon(channel)
    },

    look(now) {
      for (const channel of channels.values()) {
        if (joining.has(channel)) continue
        if (channel.receivers.length === 0 && now - channel.idleSince >= lingerMs) {
          drop(channel)
        } else if (channel.isBehind) {
          readUpSoon(channel)
        } else if (now >= channel.checkAt && !channel.isCompleted) {
          channel.suspend()
          readUpSoon(channel)
        }
      }
    },

    get isBehind() {
      for (const channel of channels.values()) if (channel.isBehind && !joining.has(channel)) return true
      return false
    },

    clear() {
      channels.clear()
      byName.clear()
    },
  }
}
