import { openSocket } from './open-socket.ts'

import type { Speaking } from './open-socket.ts'

export function say({ ws }: Speaking, ...envelopes: readonly object[]): void {
  for (const envelope of envelopes) ws.send(JSON.stringify(envelope))
}

/** A connection that has been greeted. */
export async function join(port: number, path = '/ws', headers = {}) {
  const socket = await openSocket(port, path, { headers })
  await socket.take(1)
  return socket
}
