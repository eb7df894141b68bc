import { STATUS_CODES } from 'node:http'

import { jsonHeaders } from '../json-headers.ts'

import type { Duplex } from 'node:stream'
import type { Refusal } from '../errors.ts'

/** Answers an upgrade with a plain HTTP response: there is no `ServerResponse` for those. */
export function refuseUpgrade(socket: Duplex, { status, code, message, headers }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } })
  const fields = { ...jsonHeaders, ...headers, Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  // Left unread, what the client has sent already would turn the end into a reset, and the answer would be lost.
  socket.resume()
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
}

/** Node takes its own listener off before it hands the socket over; without one an error would end the process. */
export function surviveErrors(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
}
