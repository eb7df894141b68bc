import { STATUS_CODES } from 'node:http'

import { sleep } from '../env.ts'
import { jsonHeaders } from '../json-headers.ts'

import type { Duplex } from 'node:stream'
import type { Refusal } from '../errors.ts'

// How long a client may take to read why it was refused.
const lingerMs = 1000

/** Answers an upgrade with a plain HTTP response: there is no `ServerResponse` for those. */
export function refuseUpgrade(socket: Duplex, { status, code, message, headers }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } })
  const fields = { ...jsonHeaders, ...headers, Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const gone = new AbortController()
  socket.once('close', () => gone.abort())
  // Closed with bytes unread, the connection would be reset, and the answer could be lost on the way.
  socket.resume()
  void sleep(lingerMs, gone.signal).then(() => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
}

/** Node takes its own listener off before it hands the socket over; without one an error would end the process. */
export function surviveErrors(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
}
