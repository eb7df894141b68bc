import { setImmediate as turnEnd } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { openSocket } from './support/open-socket.ts'
import { readStream } from './support/read-stream.ts'
import { serveChannels } from './support/serve-channels.ts'

import type { Socket } from 'node:net'

const channels = ['a', 'b', 'c']

/** Counts what the server hands to the system, whole connections together. */
function countWrites(socket: Socket): () => number {
  let writes = 0
  // Both are the stream's own ends towards the system.
  for (const name of ['_write', '_writev'] as const) {
    const write = socket[name]?.bind(socket) as ((...args: unknown[]) => void) | undefined
    Object.assign(socket, {
      [name]: (...args: unknown[]) => {
        writes++
        write?.(...args)
      },
    })
  }
  return () => writes
}

async function watch() {
  const served = await serveChannels()
  const counts: (() => number)[] = []
  served.server.prependListener('connection', (socket: Socket) => void counts.push(countWrites(socket)))
  const writes = () => counts.reduce((sum, count) => sum + count(), 0)
  const publishAll = () => Promise.all(channels.flatMap((name) => [1, 2].map((n) => served.realtime.publish(name, n))))
  return { ...served, writes, publishAll }
}

describe('what one turn publishes on several channels', () => {
  it('leaves in one write for a WebSocket that follows them, in order on each', async () => {
    const { port, writes, publishAll } = await watch()
    const socket = await openSocket(port)
    await socket.take(1)
    for (const channel of channels) socket.ws.send(JSON.stringify({ type: 'subscribe', channel }))
    await socket.take(3)
    await turnEnd()
    const before = writes()
    await publishAll()
    const told = await socket.take(6)
    expect(told.map(({ channel, data }) => [channel, data])).toEqual(channels.flatMap((name) => [[name, 1], [name, 2]])) // prettier-ignore
    expect(writes() - before).toBe(1)
  })

  it('leaves in one write for an event stream that follows them, and its end goes behind', async () => {
    const { port, writes, publishAll, realtime } = await watch()
    const reading = await readStream(port, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ channels: { a: null, b: null, c: null } }) }) // prettier-ignore
    await reading.take(4)
    await turnEnd()
    const before = writes()
    await publishAll()
    expect((await reading.take(3)).map(({ data }) => data)).toEqual(channels.map((channel) => [
      expect.objectContaining({ channel, data: 1 }),
      expect.objectContaining({ channel, data: 2 }),
    ])) // prettier-ignore
    expect(writes() - before).toBe(1)
    void realtime.publish('a', 'last')
    await realtime.close()
    const rest = await reading.rest()
    expect(rest.map(({ event, data }) => event ?? data)).toEqual([
      expect.objectContaining({ channel: 'a', data: 'last' }),
      'steadystream.close',
    ])
  })
})

describe('a client that comes back', () => {
  /** Opens the channel's stream as one who has nothing yet. @returns blocks, and writes that they took */
  async function comeBack(size: number, count: number) {
    const { realtime, port, writes } = await watch()
    const places = await Promise.all(
      Array.from({ length: count }, (_, at) => realtime.publish('a', `${at}`.padEnd(size))),
    )
    const headers = { 'Last-Event-ID': `${places[0]?.epoch}:0` }
    const reading = await readStream(port, { path: '/events?channel=a', headers })
    const blocks = await reading.take(count + 1)
    return { blocks, writes: writes() }
  }

  it('gets the headers, the opening and the events that it has missed in one write', async () => {
    const { blocks, writes } = await comeBack(10, 100)
    expect(blocks.map(({ event }) => event)).toEqual(['steadystream.connected', ...Array(100).fill(undefined)])
    expect(writes).toBe(1)
  })

  it('gets many small events in a few writes, and big ones in more', async () => {
    const small = await comeBack(10, 1000)
    expect(small.blocks.slice(1).map(({ data }) => Number(data))).toEqual(Array.from({ length: 1000 }, (_, at) => at))
    expect(small.writes).toBeLessThanOrEqual(3)
    const big = await comeBack(1000, 1000)
    expect(big.blocks.slice(1).map(({ data }) => Number(data))).toEqual(Array.from({ length: 1000 }, (_, at) => at))
    expect(big.writes).toBeGreaterThanOrEqual(8)
  })
})
