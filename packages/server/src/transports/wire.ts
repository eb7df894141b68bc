import type { CloseMessage, ConnectedMessage, Position } from '@steadystream/core/protocol'
import type { ChannelEvent } from '../channel-event.ts'
import type { Lost } from '../resume.ts'

/** How a transport writes what the protocol says. Pure: bytes out, nothing else. */
export interface Wire {
  /** What holds a quiet link open. */
  readonly keepAlive: Uint8Array
  /** The first bytes of a session; `position` where delivery goes on right after it. */
  connected(message: ConnectedMessage, position: Position | undefined): Uint8Array
  /** Events of one channel, one after the other, as one chunk for any number of sessions. */
  events(events: readonly ChannelEvent[]): Uint8Array
  gap(lost: Lost): Uint8Array
  complete(end: Position | undefined): Uint8Array
  close(message: CloseMessage): Uint8Array
}
