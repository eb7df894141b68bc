import type { Position } from '@steadystream/core/protocol'
import type { ChannelEvent } from '../channel-event.ts'
import type { BackplaneStage } from '../observe/hooks.ts'
import type { ChannelExtent } from '../resume.ts'

/** What a subscription brings. Its methods return quickly and do not throw. */
export interface Receiver {
  event(event: ChannelEvent): void
  /** Of what comes before or at `top` not all was brought, nor will be: whoever wants it reads. Events go on after it. */
  missed(top: Position): void
  /** No event will follow `end`. */
  complete(end: Position): void
}

/** A channel's extent and some of its events, as of one moment. */
export interface Page extends ChannelExtent {
  readonly events: readonly ChannelEvent[]
}

export interface ReadRange {
  /** Only events with a greater offset are wanted. */
  readonly after: number
  /** At most so many events. 0 asks for the extent alone. */
  readonly limit: number
}

export interface PublishOptions {
  /**
   * Names this event among those of its channel, so that publishing it again, when nobody knows whether it went well,
   * publishes nothing. 1 to 255 characters.
   */
  readonly idempotencyKey?: string | undefined
}

export interface BackplaneStats {
  /** Names this process among those that share the backplane. */
  readonly serverId: string
  /** Whether other processes can be reached; always true where there are none. */
  readonly isConnected: boolean
  /** Whether events of other processes may be late: a link is lost, or what it missed is being read. */
  readonly isDegraded: boolean
  /** Subscriptions held at a shared broker. */
  readonly remoteSubscriptions: number
}

/** What failed while nobody waited for it. */
export interface Failure {
  readonly stage: BackplaneStage
  /** `undefined` where it is no channel's. */
  readonly key: string | undefined
  readonly error: unknown
}

/**
 * The link between server processes: it numbers events, keeps history and tells subscribers. Channels are named by
 * opaque keys, which MUST be kept apart whatever characters they hold; what one process has taken away from a user
 * reaches the others as events of such a channel. `test/backplane-contract.ts` is these sentences as tests.
 *
 * Where the processes cannot reach each other, calls MUST reject with `UNAVAILABLE`, at once or after a bounded time,
 * and MUST NOT wait in a queue without a bound.
 */
export interface Backplane {
  /**
   * MUST give events of one life of a channel (epoch) the offsets 1, 2, 3 … without holes, in the order of the calls of
   * one process. MUST resolve only when the event can be read. MUST reject with `CHANNEL_COMPLETED` after `complete`.
   * MUST start a new epoch whenever the last offset is not known for certain.
   *
   * MUST publish nothing, and resolve to the position of the first, where the channel had an event with the same
   * `idempotencyKey` within the last five minutes, or for as long as the channel has lived if that is less; also when it
   * was completed since. MAY forget all but the last 10,000 keys of a channel. A rejection with `UNAVAILABLE` MAY leave the event published.
   */
  publish(key: string, json: string, options?: PublishOptions): Promise<Position>

  /**
   * MUST resolve to the position of the last event. MUST let a second call resolve to the same. MUST keep the channel
   * readable as completed for as long as its history lives.
   */
  complete(key: string): Promise<Position>

  /**
   * MUST deliver every event published after it resolved, by any process, each in offset order. MAY deliver one twice. In
   * place of what it cannot deliver it MUST call `missed`, also after a lost link, where another epoch has begun, and
   * without waiting for the next event. MUST NOT deliver an event before it can be read. MUST treat each call as a
   * subscription of its own. The returned function ends it; after that nothing is delivered.
   */
  subscribe(key: string, receiver: Receiver): Promise<() => void>

  /**
   * MUST answer the extent and the events after `range.after`, oldest first, as of one moment that is not before the
   * call; never with a hole. MUST begin the life of a channel that nobody knows yet, with offset 0 as its end.
   * MUST keep the epoch while anybody is subscribed, even when every event has expired.
   *
   * Where it answers events, the moment MAY be an earlier one, as long as every event whose `publish` resolved in this
   * process is among them, and `oldest` MAY lie too low.
   */
  read(key: string, range: ReadRange): Promise<Page>

  /** MUST NOT wait for anything. */
  stats(): BackplaneStats

  /** Calls `listener` from now on with each failure that no call rejects with. There is one listener, the last. */
  onFailure(listener: (failure: Failure) => void): void

  /** MUST release every timer and socket. MUST make later calls reject with `CLOSED`. MUST allow a second call. */
  close(): Promise<void>
}
