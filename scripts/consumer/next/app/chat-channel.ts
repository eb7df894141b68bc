import { createAgentMessage, createRealtime } from '@steadystream/server'

import type { Realtime } from '@steadystream/server'

// Routes may be bundled apart: what they share is kept where all of them find it.
const shared = globalThis as { chat?: Realtime }

export function chatRealtime(): Realtime {
  if (shared.chat) return shared.chat
  const realtime = (shared.chat = createRealtime({ authorize: () => true }))
  const message = createAgentMessage('ann', 'hello', { id: 'one' })
  setInterval(() => void realtime.publish('chat', message), 100)
  return realtime
}
