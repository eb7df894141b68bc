import type { Position } from '@steadystream/core/protocol'
import type { CloseReason } from './session-setup.ts'
import type { Wire } from './transports/wire.ts'

/** Whom a feed serves: a session that follows one channel, or one of the channels that a session follows. */
export interface Subscriber {
  readonly wire: Wire
  readonly isOpen: boolean
  /** Bytes that wait for its client, whichever channel they are of. */
  readonly queuedBytes: number
  /** `events` of them stand in these chunks; `last` is the place that its client has reached with them. */
  writeAll(chunks: readonly Uint8Array[], events: number, last: Position): void
  /** Settles when more can be taken, or nothing will be any more. */
  writable(): Promise<void>
  /** Nothing follows `last` on this channel. */
  finish(last: Uint8Array): void
  destroy(why: CloseReason): void
}
