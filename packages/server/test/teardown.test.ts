import { connect } from 'node:net'

import { describe, expect, it, vi } from 'vitest'

import { laterTurn } from './support/lagging-backplane.ts'
import { readStream } from './support/read-stream.ts'
import { serve } from './support/serve.ts'

describe('security 34: teardown', () => {
  it('leaves nothing behind, however a session ends', async () => {
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }))
    const close = { code: 3001, reason: 'shutdown', reconnect: true }
    const readings = await Promise.all(Array.from({ length: 6 }, () => readStream(port)))
    for (const reading of readings) await reading.take(1)
    expect(realtime.stats().channels.totalSubscriptions).toBe(6)
    readings[0]?.leave()
    const [, second, third] = realtime.sessions
    second?.destroy()
    third?.end(close)
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(3))
    await realtime.publish('a', 1)
    await realtime.complete('a')
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(0))
    const { sse, channels } = realtime.stats()
    expect([sse, channels]).toMatchObject([
      { totalConnections: 0, totalEvents: 3, clients: [] },
      { activeChannels: 0, totalSubscriptions: 0, channels: [] },
    ])
  })

  it('lets go of the channel when the client leaves while it is judged', async () => {
    let letIn = (_: boolean) => {}
    const judged = new Promise<boolean>((resolve) => (letIn = resolve))
    const authorize = vi.fn(() => judged)
    let closed = false
    const { realtime, port } = await serve(
      (self, req, res) => {
        res.on('close', () => (closed = true))
        self.node(req, res, { channel: 'a' })
      },
      { authorize },
    )
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await vi.waitFor(() => expect(authorize).toHaveBeenCalled())
    socket.destroy()
    await vi.waitFor(() => expect(closed).toBe(true))
    letIn(true)
    await laterTurn()
    expect(realtime.stats()).toMatchObject({ sse: { totalConnections: 0 }, channels: { activeChannels: 0 } })
  })

  it('takes an error of the response for its end', async () => {
    const { realtime, port } = await serve((self, req, res) => {
      self.node(req, res, { channel: 'a' })
      setImmediate(() => setImmediate(() => res.emit('error', new Error('write EPIPE'))))
    })
    const reading = await readStream(port)
    expect(await reading.over).toBe('cut')
    expect([...realtime.sessions]).toEqual([])
  })

  it('survives clients that reset the connection while events flow', async () => {
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }))
    for (let round = 0; round < 5; round++) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      await new Promise((resolve) => socket.once('data', resolve))
      void realtime.publish('a', 'x'.repeat(100_000))
      socket.resetAndDestroy()
      for (let i = 0; i < 20; i++) await realtime.publish('a', i)
    }
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(0))
  })
})
