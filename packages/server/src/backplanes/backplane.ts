import type { Position } from '@steadystream/core/protocol'
import type { ChannelEvent } from '../channel-event.ts'
import type { ChannelExtent } from '../resume.ts'

/** What a subscription brings. Both methods return quickly and do not throw. */
export interface Receiver {
  event(event: ChannelEvent): void
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

export interface BackplaneStats {
  /** Whether other processes can be reached; always true where there are none. */
  readonly isConnected: boolean
  /** Subscriptions held at a shared broker. */
  readonly remoteSubscriptions: number
}

/**
 * The link between server processes: it numbers events, keeps history and tells subscribers. Channels are named by
 * opaque keys. `test/backplane-contract.ts` is these sentences as tests.
 */
export interface Backplane {
  /**
   * MUST give events of one life of a channel (epoch) the offsets 1, 2, 3 … without holes, in the order of the calls of
   * one process. MUST resolve only when the event can be read. MUST reject with `CHANNEL_COMPLETED` after `complete`.
   * MUST start a new epoch whenever the last offset is not known for certain.
   */
  publish(key: string, json: string): Promise<Position>

  /**
   * MUST resolve to the position of the last event. MUST let a second call resolve to the same. MUST keep the channel
   * readable as completed for as long as its history lives.
   */
  complete(key: string): Promise<Position>

  /**
   * MUST deliver every event published after it resolved, each in offset order; MAY deliver one twice, and MAY lose some
   * where a link breaks, as long as a later delivery shows the hole. MUST NOT deliver an event before it can be read.
   * MUST treat each call as a subscription of its own. The returned function ends it; after that nothing is delivered.
   */
  subscribe(key: string, receiver: Receiver): Promise<() => void>

  /**
   * MUST answer the extent and the events after `range.after`, oldest first, as of one moment; never with a hole.
   * MUST begin the life of a channel that nobody knows yet, with offset 0 as its end.
   * MUST keep the epoch while anybody is subscribed, even when every event has expired.
   */
  read(key: string, range: ReadRange): Promise<Page>

  stats(): BackplaneStats

  /** MUST release every timer and socket. MUST make later calls reject with `CLOSED`. MUST allow a second call. */
  close(): Promise<void>
}
