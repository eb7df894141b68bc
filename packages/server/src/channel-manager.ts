import { encodeJson } from './channel-event.ts'
import { nameChannel } from './channel.ts'
import { readObject, show } from './option-readers.ts'
import { Shaper } from './shaper.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane, PublishOptions } from './backplanes/backplane.ts'
import type { Shape } from './shape.ts'

/** The channels of a type: the plain name, one entity of it, or one user's feed. */
export type ChannelOf<Type extends string> =
  | Type
  | { readonly type: Type; readonly id: string; readonly userId?: undefined }
  | { readonly type: Type; readonly userId: string; readonly id?: undefined }

/**
 * Publishing, without the serving side: what application code far from any request needs. `Channels` says what is
 * published to channels of each name or type.
 */
export interface ChannelManager<Channels extends object = Record<string, unknown>> {
  /**
   * Appends an event to a channel and sends it to everybody who follows it.
   * @returns its position, once it is in history; of a shaped channel that of the event that it has become part of.
   * @throws {TypeError} if the channel is invalid, JSON has no form for the event, or one for a shaped channel has an
   * `idempotencyKey`.
   * @throws {RealtimeError} `CHANNEL_COMPLETED` after `complete`, `CLOSED` after `close`, `UNAVAILABLE` where the
   * backplane cannot be reached: the event may be published all the same. Publish it again with its `idempotencyKey`.
   */
  publish<Type extends keyof Channels & string>(
    channel: ChannelOf<Type>,
    event: Channels[Type],
    options?: PublishOptions,
  ): Promise<Position>
  /** Ends a channel: its clients are told, and do not come back. A second call changes nothing. */
  complete(channel: ChannelOf<keyof Channels & string>): Promise<void>
  /**
   * Publishes to a channel, or to each of a type (`{ type }`), at most so often from now on, and joins what comes in
   * between.
   * @returns what ends that.
   * @throws {TypeError | RangeError} if the channel or the shape is invalid.
   */
  shape<Type extends keyof Channels & string>(
    target: ChannelOf<Type> | { readonly type: Type },
    shape: Shape<Channels[Type]>,
  ): () => void
}

/** A manager, and what its owner has to do before it closes. */
export interface OwnedManager {
  readonly manager: ChannelManager
  /** Publishes what waits for its turn; `undefined` where nothing does. */
  flush(): Promise<void> | undefined
}

export function createChannelManager(backplane: Backplane): OwnedManager {
  const shaper = new Shaper(async (name, event) => backplane.publish(name.key, encodeJson(event)))
  const manager: ChannelManager = {
    async publish(channel, event, options) {
      const name = nameChannel(channel)
      const { idempotencyKey } = readObject('publish', options, ['idempotencyKey'])
      if (idempotencyKey === undefined) return shaper.publish(name, event)
      checkIdempotencyKey(idempotencyKey)
      // Joined with others, an event is none that could be told from them.
      if (shaper.isShaped(name)) throw new TypeError('idempotencyKey is not for channels with a shape')
      return backplane.publish(name.key, encodeJson(event), { idempotencyKey })
    },
    async complete(channel) {
      const { key } = nameChannel(channel)
      await shaper.flush(key)
      await backplane.complete(key)
      // What came in between hears that it is refused now, and not when its turn comes.
      await shaper.flush(key)
    },
    shape: (target, shape) => shaper.shape(target, shape),
  }
  return { manager, flush: () => (shaper.isIdle ? undefined : shaper.flush()) }
}

function checkIdempotencyKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || key === '' || key.length > 255) {
    throw new TypeError(`publish.idempotencyKey must be a string of 1 to 255 characters, got ${show(key)}`)
  }
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
