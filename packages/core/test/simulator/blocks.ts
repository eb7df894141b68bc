import { controlEvents, formatSseBlock, formatSseComment } from '@steadystream/core/protocol'

import type { LogEntry } from './channel-log.ts'

/** A piece of a response that means something, with what it means to whoever watches. */
export interface Block {
  readonly kind: 'connected' | 'event' | 'gap' | 'complete' | 'close' | 'comment' | 'retry'
  readonly text: string
  readonly id?: string | undefined
  readonly entry?: LogEntry
  readonly retryMs?: number | undefined
  readonly heartbeatMs?: number | undefined
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
  return { kind: 'connected', id, heartbeatMs, text: formatSseBlock({ id, event: controlEvents.connected, data }) }
}

export function gapBlock(from: string | undefined, to: string): Block {
  const data = JSON.stringify({ kind: 'lost', from, to })
  return { kind: 'gap', id: to, text: formatSseBlock({ id: to, event: controlEvents.gap, data }) }
}

export function closeBlock(retryMs: number | undefined): Block {
  const data = JSON.stringify({ code: 3001, reason: 'shutdown', reconnect: true, retryMs })
  return { kind: 'close', retryMs, text: formatSseBlock({ event: controlEvents.close, data }) }
}

export function completeBlock(): Block {
  return { kind: 'complete', text: formatSseBlock({ event: controlEvents.complete, data: '{}' }) }
}

export function commentBlock(): Block {
  return { kind: 'comment', text: formatSseComment('keep-alive') }
}

/** The bytes of a block, and after how many of them a receiver knows the whole of it. */
export function encodeBlock({ text }: Block, lineEnd: '\n' | '\r\n' | '\r'): { bytes: Uint8Array; doneAt: number } {
  const bytes = new TextEncoder().encode(text.replaceAll('\n', lineEnd))
  // The CR of a CRLF ends the line already: a parser that waits for the LF hears of an event only with the next one.
  return { bytes, doneAt: bytes.length - (lineEnd === '\r\n' ? 1 : 0) }
}
