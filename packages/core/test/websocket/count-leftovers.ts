import { WebSocket } from 'ws'

import { webSocket } from '../../src/transports/websocket.ts'
import { recordLink } from './record-link.ts'

import type { Link } from '../../src/transports/transport.ts'
import type { WebSocketOptions } from '../../src/transports/websocket.ts'
import type { RecordedLink } from './record-link.ts'

export type Url = Parameters<typeof webSocket>[0]

export function connect(url: Url, options: WebSocketOptions = {}, change: Partial<Link> = {}): RecordedLink {
  const recorded = recordLink()
  Object.assign(recorded.link, change)
  webSocket(url, { WebSocket, ...options })({}).connect(recorded.link)
  return recorded
}

/** Several turns of the event loop: the library's timer, and what follows from it. */
export const turns = () => new Promise((resolve) => setTimeout(resolve, 10))

/** Timers that Node waits for, in this whole process. */
export const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
