import { controlEvents, formatSseBlock, formatSseComment } from '@steadystream/core/protocol'

import type { LogEntry } from './channel-log.ts'

/** One thing that a server tells, as a piece of an event stream, with its parts for the other wires. */
export interface Block {
  readonly kind: 'connected' | 'event' | 'gap' | 'complete' | 'close' | 'comment' | 'retry'
  readonly text: string
  readonly id?: string | undefined
  readonly entry?: LogEntry
  readonly retryMs?: number | undefined
  readonly heartbeatMs?: number | undefined
  readonly from?: string | undefined
  readonly recovered?: boolean | undefined
  readonly code?: number
}

export function eventBlock(entry: LogEntry): Block {
  const id = entry.id || undefined
  return { kind: 'event', id, entry, text: formatSseBlock({ id, data: entry.data }) }
}

/** A line of its own: it counts as soon as it was read, whether or not the block that it stands in is ever ended. */
export function retryLine(retryMs: number): Block {
  return { kind: 'retry', retryMs, text: `retry: ${retryMs}\n` }
}

export function connectedBlock(id: string | undefined, heartbeatMs: number, recovered?: boolean): Block {
  const data = JSON.stringify({ clientId: 'c1', heartbeatInterval: heartbeatMs, recovered })
  const text = formatSseBlock({ id, event: controlEvents.connected, data })
  return { kind: 'connected', id, heartbeatMs, recovered, text }
}

export function gapBlock(from: string | undefined, to: string): Block {
  const data = JSON.stringify({ kind: 'lost', from, to })
  return { kind: 'gap', id: to, from, text: formatSseBlock({ id: to, event: controlEvents.gap, data }) }
}

export function closeBlock(code: number, retryMs: number | undefined): Block {
  const data = JSON.stringify({ code, reason: 'shutdown', reconnect: true, retryMs })
  return { kind: 'close', retryMs, code, text: formatSseBlock({ event: controlEvents.close, data }) }
}

export function completeBlock(): Block {
  return { kind: 'complete', text: formatSseBlock({ event: controlEvents.complete, data: '{}' }) }
}

export function commentBlock(): Block {
  return { kind: 'comment', text: formatSseComment('keep-alive') }
}

export function encodeBlock({ text }: Block, lineEnd: '\n' | '\r\n' | '\r'): Uint8Array {
  return new TextEncoder().encode(text.replaceAll('\n', lineEnd))
}
