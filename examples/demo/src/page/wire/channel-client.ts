import { createChannelClient, polling, sse, webSocket } from '@steadystream/core'
import type { ChannelClient } from '@steadystream/core'

let client: ChannelClient | undefined

/** One connection for all channels of the page, made when the first is followed. */
export function pageChannels(): ChannelClient {
  client ??= createChannelClient({
    id: 'channels',
    transports: [webSocket('/ws'), sse('/api/realtime'), polling('/api/realtime/poll')],
  })
  return client
}
