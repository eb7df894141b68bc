import { judge } from './authorization.ts'
import { badRequest, readName } from './channel-request.ts'
import { replayKey } from './identify.ts'
import { joinChannel, unavailable } from './join-channel.ts'
import { Subscription } from './subscription.ts'

import type { Channel } from './channel.ts'
import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { Start } from './resume.ts'
import type { Session } from './session.ts'
import type { ChannelsWire } from './transports/channels-wire.ts'

const tooManyChannels: Refusal = {
  status: 429,
  code: 'TOO_MANY_CHANNELS',
  message: 'this connection follows too many channels',
}

/** Whose idea a channel is, which says who has to be asked; `judged` is one of which that has been done. */
export type NamedBy = 'client' | 'server' | 'judged'

/** The channels that one session follows. */
export class Subscriptions implements Iterable<Subscription> {
  readonly #engine: Engine
  readonly #session: Session
  readonly #wire: ChannelsWire
  readonly #byKey = new Map<string, Subscription>()

  constructor(engine: Engine, session: Session, wire: ChannelsWire) {
    this.#engine = engine
    this.#session = session
    this.#wire = wire
  }

  [Symbol.iterator](): Iterator<Subscription> {
    return [...this.#byKey.values()][Symbol.iterator]()
  }

  /**
   * Follows a channel, and says so to the client; one that is followed already is begun anew. `onBegun` hears of it in
   * the turn in which it begins. Never rejects.
   */
  async subscribe(
    channel: Channel,
    start: Start,
    namedBy: NamedBy = 'client',
    onBegun?: (subscription: Subscription) => void,
  ): Promise<Refusal | undefined> {
    const name = readName(channel)
    if (!name) return badRequest('channel is not a valid name')
    const { limits } = this.#engine.settings
    if (!this.#byKey.has(name.key) && this.#byKey.size >= limits.channelsPerConnection) return tooManyChannels
    this.#drop(this.#byKey.get(name.key))
    const subscription = new Subscription(this.#session, this.#wire, channel, name, (self) => this.#drop(self))
    // It counts from here on, and an `unsubscribe` that overtakes finds it.
    this.#byKey.set(name.key, subscription)
    const refusal = await this.#join(subscription, start, namedBy, onBegun)
    if (refusal) this.#drop(subscription)
    return refusal
  }

  /** @returns the labels of those that were followed. */
  unsubscribe(matches: (channel: Channel) => boolean): string[] {
    const left = [...this].filter(({ channel }) => matches(channel))
    for (const subscription of left) this.#drop(subscription)
    return left.map(({ name }) => name.label)
  }

  /** Has each channel judged again. @returns the labels of those that may not be read any more. */
  async reconsider(): Promise<string[]> {
    const judged = await Promise.all(
      [...this].map(async (subscription) => {
        const { channel } = subscription
        return (await judge(this.#engine, this.#session.principal, 'subscribe', channel, true)) && subscription
      }),
    )
    const refused = judged.filter((subscription) => subscription !== undefined)
    for (const subscription of refused) this.#drop(subscription)
    return refused.map(({ name }) => name.label)
  }

  clear(): void {
    for (const subscription of this) this.#drop(subscription)
  }

  async #join(
    subscription: Subscription,
    start: Start,
    namedBy: NamedBy,
    onBegun: ((subscription: Subscription) => void) | undefined,
  ): Promise<Refusal | undefined> {
    const engine = this.#engine
    const { principal, client } = this.#session
    const { channel } = subscription
    const refusal = namedBy !== 'judged' && (await judge(engine, principal, 'subscribe', channel, namedBy === 'server'))
    if (refusal) return refusal
    if (!subscription.isOpen) return undefined
    try {
      return await joinChannel(
        engine,
        { name: subscription.name, start },
        { replaysOf: replayKey(principal, client), isGone: () => !subscription.isOpen },
        (joint) => {
          subscription.begin(engine.hub, joint)
          onBegun?.(subscription)
          return subscription
        },
      )
    } catch (error) {
      engine.settings.logger.error({ err: error, channel: subscription.name.label }, 'subscribing failed')
      return unavailable
    }
  }

  #drop(subscription: Subscription | undefined): void {
    if (!subscription) return
    subscription.leave()
    const { key } = subscription.name
    if (this.#byKey.get(key) === subscription) this.#byKey.delete(key)
  }
}
