import type { RealtimeStats } from '@steadystream/server'

/**
 * The stats without what lets a stranger at the things of others: here who knows the ID of a link or a job may break it.
 * Types of channels and all figures stay.
 */
export function withoutNames(stats: RealtimeStats): RealtimeStats {
  const bare = ({ clients, ...rest }: RealtimeStats['sse']): RealtimeStats['sse'] => ({
    ...rest,
    clients: clients.map((client) => ({
      ...client,
      clientId: client.clientId.slice(0, client.clientId.indexOf('_') + 1),
      channel: client.channel === null ? null : typeOf(client.channel),
    })),
  })
  const counts = new Map<string, number>()
  for (const { channel, subscribers } of stats.channels.channels) {
    counts.set(typeOf(channel), (counts.get(typeOf(channel)) ?? 0) + subscribers)
  }
  const channels = Array.from(counts, ([channel, subscribers]) => ({ channel, subscribers }))
  return {
    ...stats,
    sse: bare(stats.sse),
    websocket: bare(stats.websocket),
    polling: bare(stats.polling),
    // The server's ID names its machine.
    channels: { ...stats.channels, serverId: '', channels },
  }
}

const typeOf = (label: string) => label.replace(/:.*$/s, '')
