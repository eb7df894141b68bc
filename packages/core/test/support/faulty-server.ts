import { drained, serve } from './serve.ts'

import type { ServerResponse } from 'node:http'
import type { FaultyChannel, Piece } from './faulty-channel.ts'
import type { Random } from './random.ts'
import type { Served } from './serve.ts'

/** The channel on a real socket. It honours back-pressure, and a cut comes when everything before it has left. */
export function serveFaulty(channel: FaultyChannel, random: Random): Promise<Served> {
  return serve((request, response) => {
    const header = request.headers['last-event-id']
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.on('error', () => {}) // the client may leave at any time
    void send(response, channel.open(Array.isArray(header) ? header[0] : header), random)
  })
}

async function send(response: ServerResponse, pieces: Iterator<Piece, void>, random: Random): Promise<void> {
  while (!response.destroyed) {
    const { value } = pieces.next()
    if (!value) return
    if ('over' in value) return end(response, value.over)
    const at = random.whole(0, value.bytes.length)
    response.write(value.bytes.subarray(0, at))
    if (response.write(value.bytes.subarray(at))) continue
    await drained(response)
  }
}

async function end(response: ServerResponse, over: Extract<Piece, { over: unknown }>['over']): Promise<void> {
  if (over === 'silence') return
  if (over === 'end' || over === 'completed') return void response.end()
  const { socket } = response
  // An empty chunk is nothing on the wire, but its callback comes behind everything written.
  await new Promise<void>((resolve) => response.write('', () => resolve()))
  if (over === 'reset') socket?.resetAndDestroy()
  else socket?.destroy()
}
