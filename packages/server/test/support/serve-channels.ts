import { serve } from './serve.ts'

import type { Principal, RealtimeOptions, RealtimeRequest } from '../../src/index.ts'
import type { Served } from './serve.ts'

/** Lets in who shows a token, as the user of that name. */
export function byToken({ token }: RealtimeRequest): Principal | undefined {
  return token ? { userId: token } : undefined
}

/** Everybody reads every channel: SSE at `/events`, polls at `/poll`, WebSockets at `/ws`. */
export async function serveChannels(options: RealtimeOptions = {}): Promise<Served> {
  const served = await serve(
    (realtime, req, res) => (req.url?.startsWith('/poll') ? realtime.poll(req, res) : realtime.node(req, res)),
    { authorize: (_, action) => action === 'subscribe', ...options },
  )
  served.realtime.attachWebSocket(served.server, { path: '/ws' })
  return served
}
