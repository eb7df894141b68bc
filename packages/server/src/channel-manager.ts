import type { Position } from '@steadystream/core/protocol'
import type { Channel } from './channel.ts'

/** Publishing, without the serving side: what application code far from any request needs. */
export interface ChannelManager {
  /**
   * Appends an event to a channel and sends it to everybody who follows it.
   * @returns its position, once it is in history.
   * @throws {TypeError} if the channel is invalid or JSON has no form for the event.
   * @throws {RealtimeError} `CHANNEL_COMPLETED` after `complete`, `CLOSED` after `close`.
   */
  publish(channel: Channel, event: unknown): Promise<Position>
  /** Ends a channel: its clients are told, and do not come back. A second call changes nothing. */
  complete(channel: Channel): Promise<void>
}

interface ManagerSlot {
  current?: ChannelManager | undefined
}

// On globalThis under a registered symbol: two copies of this package, as bundlers make them, share one.
const slotKey = Symbol.for('steadystream.channel-manager')

function slot(): ManagerSlot {
  // `globalThis` has no type for a symbol of ours; nobody else writes under it.
  const holder = globalThis as unknown as Record<symbol, ManagerSlot | undefined>
  return (holder[slotKey] ??= {})
}

export function rememberManager(manager: ChannelManager): void {
  slot().current = manager
}

export function forgetManager(manager: ChannelManager): void {
  if (slot().current === manager) slot().current = undefined
}

/** The manager of the realtime created last, else what `create` makes. */
export function currentManager(create: () => ChannelManager): ChannelManager {
  return slot().current ?? create()
}
