import { describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'

import { webSocket } from '../../src/transports/websocket.ts'
import { recordLink } from './record-link.ts'
import { serveSockets } from './socket-server.ts'

import type { WebSocketOptions } from '../../src/transports/websocket.ts'

async function opened(options: WebSocketOptions = {}) {
  const server = await serveSockets(() => {})
  const transport = webSocket(server.url, { WebSocket, protocols: [], ...options })({})
  const connect = async () => {
    const recorded = recordLink()
    transport.connect(recorded.link)
    await vi.waitFor(() => expect(recorded.told).toEqual(['opened']))
    return recorded
  }
  return { server, transport, connect }
}

describe('send', () => {
  test('sends texts and every kind of bytes', async () => {
    const { server, transport, connect } = await opened()
    const { abort } = await connect()
    const bytes = Uint8Array.of(1, 2, 3, 4)
    const sent = ['text', bytes.buffer, bytes.subarray(1, 3), new DataView(bytes.buffer, 2)].map((data) =>
      transport.send(data),
    )
    expect(sent).toEqual(Array(4).fill('sent'))
    await vi.waitFor(() => expect(server.received).toEqual(['text', '[1,2,3,4]', '[2,3]', '[3,4]']))
    abort()
  })

  test('lets messages wait for the connection, as they were, and sends them in order', async () => {
    const { server, transport, connect } = await opened()
    const bytes = Uint8Array.of(1, 2, 3)
    const sent = ['a', bytes, bytes.subarray(1), bytes.buffer].map((data) => transport.send(data))
    bytes.fill(9)
    const { abort } = await connect()
    expect([...sent, transport.send('last')]).toEqual(['queued', 'queued', 'queued', 'queued', 'sent'])
    await vi.waitFor(() => expect(server.received).toEqual(['a', '[1,2,3]', '[2,3]', '[1,2,3]', 'last']))
    abort()
  })

  test('lets messages wait between two connections', async () => {
    const { server, transport, connect } = await opened()
    const first = await connect()
    first.abort()
    expect(transport.send('between')).toBe('queued')
    const second = await connect()
    await vi.waitFor(() => expect(server.received).toEqual(['between']))
    second.abort()
    expect(transport.send('after')).toBe('queued')
  })

  test('refuses more than 100 messages', async () => {
    const { transport } = await opened()
    const sent = Array.from({ length: 102 }, () => transport.send(''))
    expect(sent).toEqual([...Array<string>(100).fill('queued'), 'refused', 'refused'])
  })

  test('refuses more than a mebibyte', async () => {
    const { transport } = await opened()
    const half = 512 * 1024
    const sent = ['x'.repeat(half), new Uint8Array(half), 'x', new Blob(['x'])].map((data) => transport.send(data))
    expect(sent).toEqual(['queued', 'queued', 'refused', 'refused'])
  })

  test('refuses everything where waiting is turned off', async () => {
    const { transport } = await opened({ maxQueueSize: 0 })
    expect(transport.send('x')).toBe('refused')
  })

  test('trap 49: sends nothing stale, and what is not', async () => {
    const { server, transport, connect } = await opened({ queueTtl: 1000 })
    const first = await connect()
    first.abort()
    transport.send('stale')
    await first.clock.advance(900)
    transport.send('fresh')
    // The machine sleeps: only the wall clock goes on.
    first.clock.setWallTime(first.clock.wallNow() + 100)
    const recorded = recordLink()
    Object.assign(recorded.link, { clock: first.clock })
    transport.connect(recorded.link)
    await vi.waitFor(() => expect(server.received).toEqual(['fresh']))
    recorded.abort()
  })
})
