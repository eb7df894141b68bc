/**
 * SSE event names that carry the protocol's own messages. No application event may use them; a client gives meaning to
 * no other name.
 */
export const controlEvents = {
  connected: 'steadystream.connected',
  complete: 'steadystream.complete',
  gap: 'steadystream.gap',
  close: 'steadystream.close',
} as const

/**
 * First event of every connection. Its `id`, where there is one, is the position after which delivery goes on: where
 * the client asked to resume and could not, a {@link GapMessage} brings the position instead.
 */
export interface ConnectedMessage {
  readonly clientId: string
  /** Milliseconds between two keep-alives of this server. */
  readonly heartbeatInterval: number
  /** Whether the position that the client sent was honoured; absent where it sent none. */
  readonly recovered?: boolean | undefined
  /** Milliseconds until the client's credentials expire, where they do. */
  readonly expiresIn?: number | undefined
  /** What proves that commands sent apart from this connection belong to it: a secret of the two. */
  readonly session?: string | undefined
}

/** Events after `from` up to and including `to` can no longer be had. The block's `id` is `to`. */
export interface GapMessage {
  readonly kind: 'lost'
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly channel?: string | undefined
}

/** The server ends this connection. */
export interface CloseMessage {
  readonly code: number
  readonly reason: string
  /** Whether the client is to come back. */
  readonly reconnect: boolean
  /** Floor of the wait before it does, in milliseconds. */
  readonly retryMs?: number | undefined
}

/** Any name under the prefix is refused for application events, so that later versions can add messages. */
export function isControlEvent(name: string): boolean {
  return name.startsWith('steadystream.')
}
