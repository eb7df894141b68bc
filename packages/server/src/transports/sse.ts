import { controlEvents, formatPosition, formatSseBlock, formatSseComment } from '@steadystream/core/protocol'

import { gapMessage } from '../resume.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Wire } from './wire.ts'

/** Headers of every event stream. No hop-by-hop header: HTTP/2 forbids them, and over HTTP/1.1 Node sets its own. */
export const sseHeaders = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // no-transform keeps compressing middleware and proxies off: they would hold events back until their buffer is full.
  'Cache-Control': 'private, no-store, no-transform',
  // nginx buffers a response to its end without this.
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
} as const

/** A comment that goes out with the headers: some proxies hold those back until the first byte of the body. */
export const greeting: Uint8Array = Buffer.from(formatSseComment('connected'))

export const sseWire: Wire = {
  transport: 'sse',
  keepAlive: Buffer.from(formatSseComment('keep-alive')),
  opening: ({ clientId, heartbeatInterval, recovered, gap, cursor }) => {
    const message = { clientId, heartbeatInterval, recovered }
    const connected = control(controlEvents.connected, message, gap ? undefined : cursor)
    return Buffer.concat(gap ? [greeting, connected, gapBlock(gap)] : [greeting, connected])
  },
  events: (events) => {
    const [first] = events
    return [first && events.length === 1 ? first.sse : Buffer.concat(events.map((event) => event.sse))]
  },
  gap: gapBlock,
  complete: completeBlock,
  close: (message) => control(controlEvents.close, message, undefined),
}

/** The end of the data; without a position in a stream that has none. */
export function completeBlock(end: Position | undefined): Buffer {
  return control(controlEvents.complete, {}, end)
}

function gapBlock(gap: Parameters<Wire['gap']>[0]): Buffer {
  return control(controlEvents.gap, gapMessage(gap), gap.to)
}

function control(event: string, message: object, position: Position | undefined): Buffer {
  const id = position && formatPosition(position)
  return Buffer.from(formatSseBlock({ id, event, data: JSON.stringify(message) }))
}
