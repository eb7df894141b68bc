import { ChannelEvent } from '../channel-event.ts'
import { monotonicMs, randomToken, serverName } from '../env.ts'
import { RealtimeError } from '../errors.ts'
import { History } from '../history.ts'
import { readHistoryOptions } from '../options.ts'
import { createSweep } from '../sweep.ts'
import { RecentKeys } from './recent-keys.ts'

import type { HistoryOptions } from '../options.ts'
import type { Backplane, Receiver } from './backplane.ts'

interface MemoryChannel {
  readonly epoch: string
  readonly history: History
  readonly receivers: Set<Receiver>
  /** Made for the first event that has a key. */
  recentKeys: RecentKeys | undefined
  completed: boolean
  /** When it was last used. A completed channel ages from its completion on, however often it is read. */
  usedAt: number
}

const epochBytes = 9

/** Channels within one process. What is published is with the subscribers before `publish` returns. */
export function memoryBackplane(options: HistoryOptions = {}): Backplane {
  const { channels: maxChannels, ...limits } = readHistoryOptions(options)
  // In order of use, so that the first idle one is the one to forget.
  const channels = new Map<string, MemoryChannel>()
  const serverId = serverName()
  let closed = false
  const sweep = createSweep(Math.min(Math.max(limits.ttlMs / 2, 100), 30_000), expire)

  function isIdle(channel: MemoryChannel, now: number): boolean {
    return channel.receivers.size === 0 && now - channel.usedAt >= limits.ttlMs
  }

  function expire(): void {
    const now = monotonicMs()
    for (const [key, channel] of channels) {
      if (isIdle(channel, now)) channels.delete(key)
      else {
        channel.history.prune(now)
        channel.recentKeys?.prune(now)
      }
    }
    if (channels.size === 0) sweep.stop()
  }

  function makeRoom(): void {
    for (const [key, channel] of channels) {
      if (channels.size < maxChannels) return
      if (channel.receivers.size === 0) channels.delete(key)
    }
  }

  function use(key: string): MemoryChannel {
    if (closed) throw new RealtimeError('CLOSED', 'the backplane is closed')
    const now = monotonicMs()
    let channel = channels.get(key)
    if (channel && isIdle(channel, now)) channel = undefined
    channels.delete(key)
    if (!channel) {
      makeRoom()
      const epoch = randomToken(epochBytes)
      channel = {
        epoch,
        history: new History(limits),
        receivers: new Set(),
        recentKeys: undefined,
        completed: false,
        usedAt: now,
      }
    }
    if (!channel.completed) channel.usedAt = now
    channels.set(key, channel)
    sweep.start()
    return channel
  }

  return {
    // `async` only turns exceptions into rejections: nothing is awaited, so all of it happens within the call.
    async publish(key, json, { idempotencyKey } = {}) {
      const channel = use(key)
      const now = monotonicMs()
      const earlier = idempotencyKey !== undefined && channel.recentKeys?.find(idempotencyKey, now)
      if (earlier) return earlier
      if (channel.completed) throw new RealtimeError('CHANNEL_COMPLETED', 'the channel is completed')
      const event = new ChannelEvent(channel.epoch, channel.history.top + 1, json)
      channel.history.append(event, channel.usedAt)
      const position = { epoch: event.epoch, offset: event.offset }
      // Before anybody is told, who may publish it again.
      if (idempotencyKey !== undefined) (channel.recentKeys ??= new RecentKeys()).add(idempotencyKey, position, now)
      for (const receiver of channel.receivers) receiver.event(event)
      return position
    },

    async complete(key) {
      const channel = use(key)
      const end = { epoch: channel.epoch, offset: channel.history.top }
      if (channel.completed) return end
      channel.completed = true
      for (const receiver of channel.receivers) receiver.complete(end)
      return end
    },

    async subscribe(key, receiver) {
      const channel = use(key)
      // A wrapper of its own: the same receiver may subscribe twice.
      const own: Receiver = {
        event: (event) => receiver.event(event),
        missed: (top) => receiver.missed(top),
        complete: (end) => receiver.complete(end),
      }
      channel.receivers.add(own)
      return () => {
        if (channel.receivers.delete(own) && !channel.completed) channel.usedAt = monotonicMs()
      }
    },

    async read(key, { after, limit }) {
      const { epoch, history, completed } = use(key)
      history.prune(monotonicMs())
      return { epoch, oldest: history.oldest, top: history.top, completed, events: history.after(after, limit) }
    },

    stats: () => ({ serverId, isConnected: !closed, isDegraded: false, remoteSubscriptions: 0 }),

    // Nothing fails here that nobody waits for.
    onFailure: () => {},

    async close() {
      closed = true
      sweep.stop()
      channels.clear()
    },
  }
}
