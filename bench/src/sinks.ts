// A process of its own: many connections that read everything at once, and count the events by their `@`.
import { connect } from 'node:net'

import { reportReady } from './helper.ts'

const [port, connections] = process.argv.slice(2).map(Number) as [number, number]
const at = 0x40

/** Events received in this round, by connection. */
const counts = Array.from({ length: connections }, () => 0)
let expected = Infinity
let answered = 0
/** Connections that have not got everything yet. */
let waitingFor = 0

for (let index = 0; index < connections; index++) open(index)

function open(index: number): void {
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`)
  })
  // The first bytes are the headers: the server sends them at once, and no event before a round begins.
  socket.once('data', () => {
    if (++answered === connections) reportReady()
    socket.on('data', (chunk) => take(index, chunk))
  })
  socket.on('error', (error) => finish(error.message))
  socket.on('close', () => finish('a connection was closed'))
}

function take(index: number, chunk: Buffer): void {
  const before = counts[index] ?? 0
  let count = before
  for (let found = chunk.indexOf(at); found !== -1; found = chunk.indexOf(at, found + 1)) count++
  counts[index] = count
  if (count > expected) finish(`${count} events came where ${expected} were sent`)
  else if (before < expected && count === expected && --waitingFor === 0) finish('')
}

function finish(problem: string): void {
  process.send?.(problem)
}

process.on('message', (events: number) => {
  counts.fill(0)
  expected = events
  waitingFor = connections
})
