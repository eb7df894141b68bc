// A process of its own: many connections that read everything at once, and count the events by their markers.
import { reportReady } from './helper.ts'
import { openSink } from './sink-connection.ts'
import { spreadOf } from './spread.ts'
import { markerByte, nowMicros, readStamp } from './stamp.ts'

import type { Socket } from 'node:net'
import type { SinkAnswer, SinkOrder, SinkSetup } from './sink-orders.ts'

const setup = JSON.parse(process.argv[2] ?? '') as SinkSetup // as startSinks passes it
const { connections } = setup
// What servers are asked for at a time, so that none turns a connection away.
const atOnce = 100

let sockets: Socket[] = []
let counts: number[] = []
let order: SinkOrder = { expected: Infinity }
/** Connections that have not got everything yet. */
let waitingFor = 0
let latencies: number[] = []
let stuck: Socket | undefined

async function openAll(headers: Readonly<Record<string, string>>): Promise<void> {
  for (const socket of sockets) socket.removeAllListeners('close').destroy()
  sockets = []
  counts = Array.from({ length: connections }, () => 0)
  while (sockets.length < connections) {
    const lot = Math.min(atOnce, connections - sockets.length)
    await Promise.all(Array.from({ length: lot }, () => open(sockets.length, headers)))
  }
}

function open(index: number, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve) => {
    const received = (bytes: Buffer) => take(index, bytes)
    const socket = openSink(setup, headers, { opened: resolve, received, failed: finish })
    socket.on('close', () => finish('a connection was closed'))
    sockets.push(socket)
  })
}

function take(index: number, bytes: Buffer): void {
  const { expected, sampleEvery } = order
  const isSampled = sampleEvery !== undefined && index % sampleEvery === 0
  const now = isSampled ? nowMicros() : 0
  const before = counts[index] ?? 0
  let count = before
  for (let found = bytes.indexOf(markerByte); found !== -1; found = bytes.indexOf(markerByte, found + 1)) {
    count++
    const stamp = isSampled ? readStamp(bytes, found) : undefined
    if (stamp !== undefined) latencies.push((now - stamp) / 1000)
  }
  counts[index] = count
  if (count > expected) finish(`${count} events came where ${expected} were sent`)
  else if (before < expected && count === expected && --waitingFor === 0) finish('')
}

function finish(problem: string): void {
  const sorted = latencies.sort((a, b) => a - b)
  const p50 = sorted.length > 0 ? spreadOf(sorted).median : NaN
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? NaN
  const answer: SinkAnswer = { problem, p50, p99 }
  process.send?.(answer)
}

async function begin(next: SinkOrder): Promise<void> {
  order = next
  waitingFor = connections
  latencies = []
  stuck?.destroy()
  stuck = undefined
  counts.fill(0)
  // Its end is what the server is asked for.
  const ignore = () => {}
  if (next.stuckPath)
    stuck = openSink({ ...setup, path: next.stuckPath }, {}, { opened: ignore, received: ignore, failed: ignore }, true)
  if (next.reopenWith) await openAll(next.reopenWith)
}

process.on('message', (next: SinkOrder) => void begin(next))
await openAll({})
reportReady()
