import type { CloseMessage, ConnectedMessage, GapMessage } from './control-events.ts'

/** The WebSocket subprotocol under which both sides speak in envelopes. */
export const subprotocol = 'steadystream.v1'

/** First envelope of every connection. */
export interface ConnectedEnvelope extends ConnectedMessage {
  readonly type: 'connected'
}

/** A channel is being followed: what comes after `position` will come. */
export interface SubscribedEnvelope {
  readonly type: 'subscribed'
  readonly channel: string
  readonly position: string
  /**
   * Whether what the client asked for is honoured: `false` where a gap follows directly, whose end is `position`; absent
   * where it asked for nothing, or for the start and gets it.
   */
  readonly recovered?: boolean | undefined
}

export interface EventEnvelope {
  readonly type: 'event'
  readonly channel: string
  readonly position: string
  readonly data: unknown
}

/** The channel has ended at `position`: nothing more will be published to it. */
export interface CompleteEnvelope {
  readonly type: 'complete'
  readonly channel: string
  readonly position: string
}

export interface GapEnvelope extends GapMessage {
  readonly type: 'gap'
  readonly channel: string
  readonly to: string
}

/** A command was refused; the connection stays. */
export interface ErrorEnvelope {
  readonly type: 'error'
  readonly code: string
  readonly message: string
  readonly channel?: string | undefined
  /** Of the `publish` that it answers. */
  readonly id?: string | undefined
}

/** A channel is not followed any more: the client asked for that, or may not read it any more (`code`). */
export interface UnsubscribedEnvelope {
  readonly type: 'unsubscribed'
  readonly channel: string
  readonly code?: string | undefined
}

/** What the client published with this `id` is in the channel. */
export interface PublishedEnvelope {
  readonly type: 'published'
  readonly channel: string
  readonly position: string
  readonly id?: string | undefined
}

/** The new credentials are taken. */
export interface AuthenticatedEnvelope {
  readonly type: 'authenticated'
  /** Milliseconds until they expire, where they do. */
  readonly expiresIn?: number | undefined
}

/** The server ends this connection. */
export interface CloseEnvelope extends CloseMessage {
  readonly type: 'close'
}

/** What a server sends: one of these in a frame, or an array of those of one turn. */
export type ServerEnvelope =
  | ConnectedEnvelope
  | SubscribedEnvelope
  | EventEnvelope
  | CompleteEnvelope
  | GapEnvelope
  | ErrorEnvelope
  | UnsubscribedEnvelope
  | PublishedEnvelope
  | AuthenticatedEnvelope
  | CloseEnvelope
  | { readonly type: 'heartbeat' }
  | { readonly type: 'pong' }

/** What a client sends, one in a frame. */
export type ClientEnvelope =
  | { readonly type: 'subscribe'; readonly channel: string; readonly position?: string; readonly from?: 'start' }
  /** By channel a position, `'start'`, or `null` for from now on. */
  | { readonly type: 'subscribe'; readonly channels: Readonly<Record<string, string | null>> }
  | { readonly type: 'unsubscribe'; readonly channel: string }
  | { readonly type: 'unsubscribe'; readonly channels: readonly string[] }
  | { readonly type: 'publish'; readonly channel: string; readonly data: unknown; readonly id?: string }
  | { readonly type: 'auth'; readonly token: string }
  | { readonly type: 'ping' }

/** What a poll is answered. */
export interface PollAnswer {
  /** In order; those of {@link ServerEnvelope} that belong to a channel. */
  readonly events: readonly (EventEnvelope | GapEnvelope | CompleteEnvelope | ErrorEnvelope)[]
  /** By channel: where the next poll goes on. */
  readonly positions: Readonly<Record<string, string>>
}
