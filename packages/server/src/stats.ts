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

/** `degraded`: the backplane cannot be reached, or events of other processes may be late. `draining`: it closes. */
export type RealtimeStatus = 'healthy' | 'degraded' | 'draining'

export interface RealtimeStats {
  readonly status: RealtimeStatus
  readonly sse: TransportStats
  readonly websocket: TransportStats
  /** Its connections are the requests that wait for an answer or take one. */
  readonly polling: TransportStats
  readonly channels: {
    /** Names this process among those that share the backplane. */
    readonly serverId: string
    readonly isConnected: boolean
    /** Whether events of other processes may be late. */
    readonly isDegraded: boolean
    readonly activeChannels: number
    readonly totalSubscriptions: number
    readonly redisSubscriptions: number
    readonly channels: readonly { readonly channel: string; readonly subscribers: number }[]
  }
}

export interface RealtimeHealth {
  readonly status: RealtimeStatus
  readonly serverId: string
  /** Whether the backplane can be reached. */
  readonly isConnected: boolean
  readonly connections: number
}

/** Everything that can be counted. It names channels and clients: not for everybody's eyes. */
export function readStats(engine: Engine): RealtimeStats {
  const { backplane, hub, sessions } = engine
  const { serverId, isConnected, isDegraded, remoteSubscriptions } = backplane.stats()
  const channels = hub.holders()
  return {
    status: readStatus(engine),
    sse: transportStats(sessions, 'sse'),
    websocket: transportStats(sessions, 'websocket'),
    polling: transportStats(sessions, 'polling'),
    channels: {
      serverId,
      isConnected,
      isDegraded,
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

export function readHealth(engine: Engine): RealtimeHealth {
  const { backplane, sessions } = engine
  const { serverId, isConnected } = backplane.stats()
  return { status: readStatus(engine), serverId, isConnected, connections: sessions.size }
}

function readStatus({ backplane, isOpen }: Engine): RealtimeStatus {
  if (!isOpen()) return 'draining'
  const { isConnected, isDegraded } = backplane.stats()
  return isConnected && !isDegraded ? 'healthy' : 'degraded'
}
