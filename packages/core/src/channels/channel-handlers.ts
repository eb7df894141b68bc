import type { StreamError } from '../errors.ts'
import type { RawEvent, StateChange } from '../handlers.ts'
import type { Gap } from '../resume.ts'
import type { Schema } from '../schema.ts'

/** What came with a piece of a channel's data. */
export interface ChannelMeta {
  /** The channel's label. */
  readonly channel: string
  readonly position: string
}

/** Where a subscription goes on. */
export interface ChannelPlace {
  readonly position: string
  /** Whether what was asked for is honoured; `false` where a gap follows, absent where nothing was asked for. */
  readonly recovered?: boolean | undefined
}

/**
 * The user's side of a subscription. What comes of the channel is handled one at a time and in order; the next waits for
 * a promise that `onData` or `onGap` returns. Other subscriptions do not wait.
 */
export interface ChannelHandlers<T> {
  readonly onData?: ((data: T, meta: ChannelMeta) => unknown) | undefined
  /** Events were lost; comes in their place among the others. */
  readonly onGap?: ((gap: Gap) => unknown) | undefined
  /** The channel was refused or taken away, or what the subscription needs has failed; `error.willRetry` tells the two apart. */
  readonly onError?: ((error: StreamError) => void) | undefined
  /** The channel has ended. Comes after its last event. */
  readonly onComplete?: (() => void) | undefined
  /** The server follows the channel for this subscription: at first, and again after each loss of the connection. */
  readonly onSubscribed?: ((place: ChannelPlace) => void) | undefined
  readonly onStateChange?: ((change: StateChange) => void) | undefined
  /** An event that could not be used (`PARSE`, `SCHEMA`) and was skipped. Default: `onError`. */
  readonly onInvalid?: ((error: StreamError, event: RawEvent) => void) | undefined
}

export interface ChannelOptions<T> {
  /** Where delivery begins: with what comes from now on (default), with all that the server has, or after a position. */
  readonly from?: string | undefined
  /**
   * Loads the state that events build on. Called when a subscription from now on has a place, and later only where events
   * were lost; events wait until it is done. If it returns a position, events up to that one are skipped. One that fails
   * is called again.
   */
  readonly getState?: ((place: ChannelMeta) => unknown) | undefined
  /** Validates and types the data: anything that speaks Standard Schema. */
  readonly schema?: Schema<T> | undefined
}
