import type { ServerEnvelope } from '@steadystream/core/protocol'
import type { Block } from './blocks.ts'

const channel = 'job:7'

/** The same as envelopes of `steadystream.v1`. @param place where delivery begins, for `subscribed` */
export function envelopesOf(block: Block, place: string): ServerEnvelope[] {
  const { kind, id = place, entry, heartbeatMs = 0, recovered, from, code = 0, retryMs } = block
  switch (kind) {
    case 'connected':
      return [
        { type: 'connected', clientId: 'c1', heartbeatInterval: heartbeatMs },
        // Without an ID, a gap follows.
        { type: 'subscribed', channel, position: id, recovered: block.id === undefined ? false : recovered },
      ]
    case 'event':
      return [{ type: 'event', channel, position: id, data: JSON.parse(entry?.data ?? 'null') as unknown }]
    case 'gap':
      return [{ type: 'gap', channel, kind: 'lost', from, to: id }]
    case 'complete':
      return [{ type: 'complete', channel, position: place }]
    case 'close':
      return [{ type: 'close', code, reason: 'shutdown', reconnect: true, retryMs }]
    case 'comment':
      return [{ type: 'heartbeat' }]
    case 'retry':
      return []
  }
}

/** What a poll is answered. */
export function answerOf(blocks: readonly Block[], place: string): string {
  return JSON.stringify({
    events: blocks.flatMap((block) => envelopesOf(block, place)),
    positions: { [channel]: place },
  })
}
