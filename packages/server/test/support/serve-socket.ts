import { serve } from './serve.ts'

import type { RealtimeOptions, WebSocketRoute } from '../../src/index.ts'
import type { Served } from './serve.ts'

/** One channel, `a`, over each transport: SSE at `/events`, polls at `/poll`, WebSockets at `/ws`. */
export async function serveAll(options: RealtimeOptions = {}, route: Partial<WebSocketRoute> = {}): Promise<Served> {
  const served = await serve((realtime, req, res) => {
    if (req.url?.startsWith('/poll')) realtime.poll(req, res, { channel: 'a' })
    else realtime.node(req, res, { channel: 'a' })
  }, options)
  served.realtime.attachWebSocket(served.server, { path: '/ws', channel: () => 'a', ...route })
  return served
}
