import { connect } from 'node:net'

import { createFrameReader, pongFrame } from './frame-reader.ts'

import type { Socket } from 'node:net'
import type { SinkSetup, Speech } from './sink-orders.ts'

export interface SinkListener {
  /** The response's headers are in, and whatever a client says before it is sent anything. */
  opened(): void
  /** Bytes that may hold events; valid until it returns. */
  received(bytes: Buffer): void
  failed(problem: string): void
}

// One for all: what is in it is looked at before the next connection reads.
const readBuffer = Buffer.alloc(64 * 1024)
const headerEnd = Buffer.from('\r\n\r\n')
// '40', Socket.IO's wish to be connected, as a masked text frame.
const joinFrame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30])
// Socket.IO says that it is open, and then that it has joined.
const greetings: Readonly<Record<Speech, number>> = { sse: 0, websocket: 0, 'socket.io': 2 }

/** Opens a connection and reads whatever comes; `isStuck`: never. */
export function openSink(
  { port, speech, path = '/' }: SinkSetup,
  headers: Readonly<Record<string, string>>,
  listener: SinkListener,
  isStuck = false,
): Socket {
  let isOpen = false
  let due = greetings[speech]

  function take(bytes: Buffer): void {
    if (due > 0) greet()
    else listener.received(bytes)
  }

  function greet(): void {
    due--
    if (due === 1) socket.write(joinFrame)
    else listener.opened()
  }

  const read = speech === 'sse' ? take : createFrameReader(take, () => socket.write(pongFrame))
  function receive(bytes: Buffer): void {
    if (isOpen) return read(bytes)
    // Servers send the headers at once, and in one piece.
    const end = bytes.indexOf(headerEnd)
    if (end === -1) return listener.failed(`no headers: ${bytes.toString().slice(0, 200)}`)
    if (!/^HTTP\/1.1 (200|101)/.test(bytes.toString('latin1', 0, 12)))
      return listener.failed(bytes.toString().slice(0, 200))
    isOpen = true
    if (due === 0) listener.opened()
    const rest = bytes.subarray(end + headerEnd.length)
    if (rest.length > 0) read(rest)
  }

  const onread = {
    buffer: readBuffer,
    callback(size: number) {
      receive(readBuffer.subarray(0, size))
      return true
    },
  }
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...(!isStuck && { onread }) }, () => {
    socket.write(formatRequest(port, speech, path, headers))
    if (isStuck) listener.opened()
  })
  if (isStuck) socket.pause()
  socket.on('error', (error) => listener.failed(error.message))
  return socket
}

function formatRequest(port: number, speech: Speech, path: string, headers: Readonly<Record<string, string>>): string {
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...(speech === 'websocket' && { 'Sec-WebSocket-Protocol': 'steadystream.v1' }),
  }
  const all = {
    Host: `127.0.0.1:${port}`,
    ...(speech === 'sse' ? { Accept: 'text/event-stream' } : upgrade),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
