import { ChannelEvent } from '../channel-event.ts'
import { monotonicMs, serverName } from '../env.ts'
import { RealtimeError } from '../errors.ts'
import { readHistoryOptions } from '../options.ts'
import { createMemoryChannels } from './memory-channels.ts'
import { RecentKeys } from './recent-keys.ts'

import type { HistoryOptions } from '../options.ts'
import type { Backplane, Receiver } from './backplane.ts'
import type { MemoryChannel } from './memory-channels.ts'

/** Channels within one process. What is published is with the subscribers before `publish` returns. */
export function memoryBackplane(options: HistoryOptions = {}): Backplane {
  const { channels: maxChannels, ...limits } = readHistoryOptions(options)
  const channels = createMemoryChannels(maxChannels, limits)
  const serverId = serverName()
  let closed = false

  function use(key: string): MemoryChannel {
    if (closed) throw new RealtimeError('CLOSED', 'the backplane is closed')
    return channels.use(key)
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
      channels.clear()
    },
  }
}
