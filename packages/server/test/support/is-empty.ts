import type { Realtime } from '../../src/index.ts'

/** Whether nobody is connected, and no channel is kept for anybody. */
export function isEmpty({ stats }: Realtime): boolean {
  const { sse, websocket, channels } = stats()
  return sse.totalConnections === 0 && websocket.totalConnections === 0 && channels.activeChannels === 0
}
