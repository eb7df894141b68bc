import { createServer } from 'node:http'

import { describe, expect, it, vi } from 'vitest'

import { createRealtime, getChannelManager, memoryBackplane } from '../src/index.ts'
import { laterTurn } from './support/lagging-backplane.ts'
import { readStream } from './support/read-stream.ts'
import { serve } from './support/serve.ts'

import type { Reading } from './support/read-stream.ts'

function serveChannel() {
  return serve((realtime, req, res) => realtime.node(req, res, { channel: 'a' }))
}

describe('close', () => {
  it('sends what is due, tells every client to come back, ends, and resolves when all are gone', async () => {
    const { realtime, port } = await serveChannel()
    const readings = await Promise.all([readStream(port), readStream(port), readStream(port)])
    for (const reading of readings) await reading.take(1)
    void realtime.publish('a', 'last words')
    await realtime.close()
    expect([...realtime.sessions]).toEqual([])
    const retries = new Set<unknown>()
    for (const reading of readings) {
      const [last, close, ...none] = await reading.rest()
      expect([last?.data, close?.event, none]).toEqual(['last words', 'steadystream.close', []])
      expect(close).not.toHaveProperty('id')
      expect(close?.data).toEqual({ code: 3001, reason: 'shutdown', reconnect: true, retryMs: expect.any(Number) })
      retries.add(JSON.stringify(close?.data))
    }
    expect(retries.size).toBeGreaterThan(1)
  })

  it('spreads the goodbyes over the window, and delivers until then', async () => {
    const { realtime, port } = await serveChannel()
    const readings: Reading[] = []
    for (let i = 0; i < 4; i++) readings.push(await readStream(port))
    for (const reading of readings) await reading.take(1)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      // The last fifth of it is for what is due.
      const closed = realtime.close({ drainMs: 1000 })
      for (const [told, reading] of readings.slice(0, 3).entries()) {
        await reading.over
        await realtime.publish('a', `to all but ${told + 1}`)
        await laterTurn()
        await vi.advanceTimersByTimeAsync(199)
        expect([...realtime.sessions]).toHaveLength(3 - told)
        await vi.advanceTimersByTimeAsync(1)
      }
      await closed
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
    const all = await Promise.all(readings.map((reading) => reading.rest()))
    expect(all.map((blocks) => blocks.map(({ event, data }) => event ?? data))).toEqual([
      ['steadystream.close'],
      ['to all but 1', 'steadystream.close'],
      ['to all but 1', 'to all but 2', 'steadystream.close'],
      ['to all but 1', 'to all but 2', 'to all but 3', 'steadystream.close'],
    ])
  })

  it('takes no new sessions meanwhile', async () => {
    const { realtime, port } = await serveChannel()
    const reading = await readStream(port)
    await reading.take(1)
    const closed = realtime.close()
    expect([realtime.stats().status, realtime.health().status]).toEqual(['draining', 'draining'])
    const refused = await readStream(port)
    await refused.over
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
    expect(JSON.parse(refused.text())).toEqual({ error: { code: 'UNAVAILABLE', message: 'shutting down' } })
    await closed
  })

  it('is one closing, however often it is called, and publishing is over then', async () => {
    const { realtime } = await serveChannel()
    await Promise.all([realtime.close(), realtime.close({ drainMs: 50 })])
    await realtime.close()
    await expect(realtime.publish('a', 1)).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('refuses a window that is no time', async () => {
    const realtime = createRealtime()
    await expect(realtime.close({ drainMs: -1 })).rejects.toThrow('close.drainMs must be a whole number from 0')
    await realtime.close()
  })

  it('leaves no listener on a server, also where the backplane does not close', async () => {
    const backplane = { ...memoryBackplane(), close: () => Promise.reject(new Error('no')) }
    const realtime = createRealtime({ backplane })
    const server = createServer()
    realtime.attachWebSocket(server, { path: '/ws' })
    await expect(realtime.close()).rejects.toThrow('no')
    expect(server.listenerCount('upgrade')).toBe(0)
  })

  it('leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const { realtime, port } = await serveChannel()
    try {
      const reading = await readStream(port)
      await reading.take(1)
      await realtime.publish('a', 1)
      expect(vi.getTimerCount()).toBeGreaterThan(0)
      await realtime.close()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('getChannelManager', () => {
  it('is the manager of the realtime created last, until that is closed', async () => {
    const first = createRealtime()
    const second = createRealtime()
    expect(getChannelManager()).toBe(second.channels)
    await first.close()
    expect(getChannelManager()).toBe(second.channels)
    await second.close()
    const made = getChannelManager()
    expect(made).not.toBe(second.channels)
    expect(await made.publish('a', 1)).toMatchObject({ offset: 1 })
    expect(getChannelManager()).toBe(made)
  })

  it('reaches the clients of the realtime', async () => {
    const { port } = await serveChannel()
    const reading = await readStream(port)
    await reading.take(1)
    await getChannelManager().publish('a', 'from afar')
    expect((await reading.take(1))[0]?.data).toBe('from afar')
  })
})
