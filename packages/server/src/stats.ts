import { isoTime } from './env.ts'

import type { Engine } from './engine.ts'

export interface ClientStats {
  readonly clientId: string
  readonly channel: string | null
  /** ISO 8601. */
  readonly connectedAt: string
  readonly eventsSent: number
  readonly queuedBytes: number
}

export interface RealtimeStats {
  readonly status: 'healthy' | 'draining'
  readonly sse: {
    /** Open now. */
    readonly totalConnections: number
    /** Sent since the start. */
    readonly totalEvents: number
    readonly clients: readonly ClientStats[]
  }
  readonly channels: {
    readonly isConnected: boolean
    readonly activeChannels: number
    readonly totalSubscriptions: number
    readonly redisSubscriptions: number
    readonly channels: readonly { readonly channel: string; readonly subscribers: number }[]
  }
}

export interface RealtimeHealth {
  readonly status: 'healthy' | 'draining'
  /** Whether the backplane can be reached. */
  readonly isConnected: boolean
  readonly connections: number
}

/** Everything that can be counted. It names channels and clients: not for everybody's eyes. */
export function readStats({ backplane, hub, sessions, isOpen }: Engine): RealtimeStats {
  const { isConnected, remoteSubscriptions } = backplane.stats()
  const channels = hub.holders()
  return {
    status: isOpen() ? 'healthy' : 'draining',
    sse: {
      totalConnections: sessions.size,
      totalEvents: sessions.eventsSent,
      clients: Array.from(sessions, ({ id, channel, connectedAt, eventsSent, queuedBytes }) => ({
        clientId: id,
        channel: channel ?? null,
        connectedAt: isoTime(connectedAt),
        eventsSent,
        queuedBytes,
      })),
    },
    channels: {
      isConnected,
      activeChannels: channels.length,
      totalSubscriptions: channels.reduce((sum, { subscribers }) => sum + subscribers, 0),
      redisSubscriptions: remoteSubscriptions,
      channels,
    },
  }
}

export function readHealth({ backplane, sessions, isOpen }: Engine): RealtimeHealth {
  const status = isOpen() ? 'healthy' : 'draining'
  return { status, isConnected: backplane.stats().isConnected, connections: sessions.size }
}
