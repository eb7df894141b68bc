import type { CloseMessage, Position } from '@steadystream/core/protocol'
import type { ChannelEvent } from '../channel-event.ts'
import type { Lost } from '../resume.ts'

export type TransportName = 'sse' | 'websocket' | 'polling'

/** How a session of a channel begins. */
export interface Opening {
  readonly clientId: string
  /** Milliseconds. */
  readonly heartbeatInterval: number
  /** Milliseconds until the client's credentials expire, where they do. */
  readonly expiresIn?: number | undefined
  /** Whether the position that the client sent is honoured; absent where it sent none. */
  readonly recovered?: boolean | undefined
  readonly gap?: Lost | undefined
  /** Delivery goes on right after it. */
  readonly cursor: Position
}

/** How a transport writes what the protocol says. Pure: bytes out, nothing else. `channel` is the channel's label. */
export interface Wire {
  readonly transport: TransportName
  /** What holds a quiet link open; `undefined` where nothing may. */
  readonly keepAlive: Uint8Array | undefined
  /** The first bytes of a session, the gap that it begins with included. */
  opening(opening: Opening, channel: string): Uint8Array
  /**
   * Events of one channel, one after the other, for any number of sessions: one chunk, or several where the transport
   * has messages and one would be too long.
   */
  events(events: readonly ChannelEvent[], channel: string): readonly Uint8Array[]
  gap(lost: Lost, channel: string): Uint8Array
  complete(end: Position, channel: string): Uint8Array
  close(message: CloseMessage): Uint8Array
}
