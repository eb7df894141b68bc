import { isoTime, wallMs } from '../env.ts'
import { parseChannel } from '../channel.ts'

import type { ChannelsWire, Reply } from './channels-wire.ts'

/**
 * For clients that offer no subprotocol, such as `wscat`: each event is a message as it was published, without its
 * channel and position. Such a client cannot resume.
 */
export const plainWire: ChannelsWire = {
  transport: 'websocket',
  get keepAlive() {
    return message({ type: 'heartbeat', serverTime: now() })
  },
  opening: ({ clientId }) => greet(clientId),
  connected: ({ clientId }) => greet(clientId),
  subscribed: ({ gap }, label) => (gap ? tell('gap', label) : undefined),
  events: (events) => events.map((event) => Buffer.from(event.json)),
  gap: (_, label) => tell('gap', label),
  complete: (_, label) => tell('complete', label),
  close: ({ code, reason, reconnect }) => message({ type: 'close', code, reason, reconnect, timestamp: now() }),
  reply,
}

function greet(clientId: string): Buffer {
  return message({ type: 'connected', message: 'Connected to realtime updates', clientId, timestamp: now() })
}

/** Events of this channel are missing, or there will be no more. */
function tell(type: 'gap' | 'complete', label: string): Buffer {
  return message({ type, channel: parseChannel(label), timestamp: now() })
}

function reply(said: Reply): Buffer | undefined {
  if (said.type === 'pong') return message({ type: 'pong', timestamp: now() })
  if (said.type === 'unsubscribed' && said.code === undefined) return undefined
  return message({ ...said, timestamp: now() })
}

function now(): string {
  return isoTime(wallMs())
}

function message(fields: object): Buffer {
  return Buffer.from(JSON.stringify(fields))
}
