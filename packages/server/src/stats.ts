import { isoTime } from './env.ts'

import type { Engine } from './engine.ts'
import type { SessionTable } from './session-table.ts'
import type { TransportName } from './transports/wire.ts'

export interface ClientStats {
  readonly clientId: string
  readonly channel: string | null
  /** ISO 8601. */
  readonly connectedAt: string
  readonly eventsSent: number
  readonly queuedBytes: number
}

export interface TransportStats {
  /** Open now. */
  readonly totalConnections: number
  /** Sent since the start. */
  readonly totalEvents: number
  readonly clients: readonly ClientStats[]
}

export interface RealtimeStats {
  readonly status: 'healthy' | 'draining'
  readonly sse: TransportStats
  readonly websocket: TransportStats
  /** Its connections are the requests that wait for an answer or take one. */
  readonly polling: TransportStats
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
    sse: transportStats(sessions, 'sse'),
    websocket: transportStats(sessions, 'websocket'),
    polling: transportStats(sessions, 'polling'),
    channels: {
      isConnected,
      activeChannels: channels.length,
      totalSubscriptions: channels.reduce((sum, { subscribers }) => sum + subscribers, 0),
      redisSubscriptions: remoteSubscriptions,
      channels,
    },
  }
}

function transportStats(sessions: SessionTable, transport: TransportName): TransportStats {
  const clients = Array.from(sessions)
    .filter((session) => session.transport === transport)
    .map(({ id, channel, connectedAt, eventsSent, queuedBytes }) => ({
      clientId: id,
      channel: channel ?? null,
      connectedAt: isoTime(connectedAt),
      eventsSent,
      queuedBytes,
    }))
  return { totalConnections: clients.length, totalEvents: sessions.eventsSent(transport), clients }
}

export function readHealth({ backplane, sessions, isOpen }: Engine): RealtimeHealth {
  const status = isOpen() ? 'healthy' : 'draining'
  return { status, isConnected: backplane.stats().isConnected, connections: sessions.size }
}
