import type { Position } from '@steadystream/core/protocol'
import type { Channel, ChannelName } from './channel.ts'
import type { Hub } from './hub.ts'
import type { Joint } from './join-channel.ts'
import type { Session } from './session.ts'
import type { CloseReason } from './session-setup.ts'
import type { Subscriber } from './subscriber.ts'
import type { ChannelsWire } from './transports/channels-wire.ts'

/** One of the channels that a session follows. It is there from the moment it is asked for, and joined when it may be. */
export class Subscription implements Subscriber {
  readonly channel: Channel
  readonly name: ChannelName
  readonly wire: ChannelsWire
  /** Where its client stands with everything that was written for it; `undefined` until it is joined. */
  reached: Position | undefined
  readonly #session: Session
  readonly #onDone: (self: Subscription) => void
  #hub: Hub | undefined
  #letGo: (() => void) | undefined
  #left = false

  constructor(
    session: Session,
    wire: ChannelsWire,
    channel: Channel,
    name: ChannelName,
    onDone: (self: Subscription) => void,
  ) {
    this.#session = session
    this.wire = wire
    this.channel = channel
    this.name = name
    this.#onDone = onDone
  }

  get isOpen(): boolean {
    return !this.#left && this.#session.isOpen
  }

  get queuedBytes(): number {
    return this.#session.queuedBytes
  }

  /** Says where delivery begins, and begins it. */
  begin(hub: Hub, { feed, plan, extent }: Joint): void {
    this.#hub = hub
    this.#letGo = () => {
      feed.leave(this)
      hub.release(feed)
    }
    const told = this.wire.subscribed(plan, feed.label)
    this.writeAll(told ? [told] : [], 0, plan.cursor)
    feed.join(this, plan.cursor, extent)
  }

  leave(): void {
    if (this.#left) return
    this.#left = true
    this.#letGo?.()
  }

  writeAll(chunks: readonly Uint8Array[], events: number, last: Position): void {
    if (this.#left) return
    // Not the event itself, which would be held for as long as nothing follows it.
    this.reached = { epoch: last.epoch, offset: last.offset }
    if (chunks.length === 0) return
    this.#hub?.hold(this.#session)
    this.#session.writeAll(chunks, events)
  }

  writable(): Promise<void> {
    return this.#session.writable()
  }

  finish(last: Uint8Array): void {
    if (this.#left) return
    this.#session.write(last)
    // The rest of the session goes on.
    this.#onDone(this)
  }

  destroy(why: CloseReason): void {
    this.#session.destroy(why)
  }
}
