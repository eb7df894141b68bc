import type { CloseMessage } from '@steadystream/core/protocol'
import type { TransportName } from './transports/wire.ts'

/** What the outside sees of a session. */
export interface SessionView {
  readonly id: string
  /** As shown to people; `undefined` for a request-scoped stream. */
  readonly channel: string | undefined
  readonly transport: TransportName
  /** As `authenticate` found it. */
  readonly userId: string | undefined
  /** Milliseconds since 1970. */
  readonly connectedAt: number
  readonly eventsSent: number
  /** Bytes that wait for the client to read. */
  readonly queuedBytes: number
  /** Cuts the connection at the socket, as a broken link would. */
  destroy(): void
  /** Tells the client, lets it have what it is due, then ends. */
  end(message: CloseMessage): void
}
