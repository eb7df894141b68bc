import { describe, expect, it, vi } from 'vitest'

import { memoryBackplane } from '../src/index.ts'
import { laggingBackplane, laterTurn } from './support/lagging-backplane.ts'
import { readStream } from './support/read-stream.ts'
import { serve } from './support/serve.ts'

import type { Backplane, RealtimeOptions, Receiver } from '../src/index.ts'
import type { Block } from './support/read-stream.ts'

function serveChannel(options: RealtimeOptions = {}) {
  return serve((realtime, req, res) => realtime.node(req, res, { channel: 'a' }), options)
}

/** Data of the events and names of the others. */
function shorten(blocks: readonly Block[]): unknown[] {
  return blocks.map(({ event, data }) => event?.replace('steadystream.', '') ?? data)
}

function upTo(count: number, from = 1): number[] {
  return Array.from({ length: count - from + 1 }, (_, index) => from + index)
}

describe('between replay and live', () => {
  it('loses and doubles nothing while publishes race the joining', async () => {
    const { realtime, port } = await serveChannel({ history: { size: 10_000 } })
    let published = 0
    const publisher = (async () => {
      while (published < 2000) {
        for (let i = 0; i < 20; i++) void realtime.publish('a', ++published)
        await laterTurn()
      }
      await realtime.complete('a')
    })()
    const readings = Array.from({ length: 10 }, () => readStream(port, { path: '/events?from=start' }))
    const all = await Promise.all(readings.map(async (reading) => (await reading).rest()))
    await publisher
    for (const blocks of all) expect(shorten(blocks)).toEqual(['connected', ...upTo(2000), 'complete'])
  })

  it('loses and doubles nothing where live messages lag behind history', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannel({ backplane })
    const first = await readStream(port)
    await first.take(1)
    await realtime.publish('a', 1)
    await realtime.publish('a', 2)
    // Both are in history and not delivered yet: one joins behind them, one reads them.
    const fresh = await readStream(port)
    const late = await readStream(port, { path: '/events?from=start' })
    expect(shorten(await fresh.take(1))).toEqual(['connected'])
    expect(shorten(await late.take(3))).toEqual(['connected', 1, 2])
    await laterTurn()
    backplane.release()
    await realtime.publish('a', 3)
    backplane.release()
    await realtime.complete('a')
    backplane.release()
    expect(shorten(await first.rest())).toEqual([1, 2, 3, 'complete'])
    expect(shorten(await fresh.rest())).toEqual([3, 'complete'])
    expect(shorten(await late.rest())).toEqual([3, 'complete'])
  })

  it('reads on where events arrive live while history is read', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannel({ backplane })
    await realtime.publish('a', 1)
    let published = 1
    backplane.onRead = async () => {
      if (published >= 6) return
      await realtime.publish('a', ++published)
      backplane.release()
    }
    const reading = await readStream(port, { path: '/events?from=start' })
    expect(shorten(await reading.take(7))).toEqual(['connected', ...upTo(6)])
    await realtime.publish('a', 7)
    backplane.release()
    expect(shorten(await reading.take(1))).toEqual([7])
  })
})

describe('a channel that completes while a client joins', () => {
  it('ends that client too', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannel({ backplane })
    await realtime.publish('a', 1)
    backplane.release()
    let reads = 0
    backplane.onRead = async () => {
      // The first read shows the extent, the second brings event 1: both say that the channel goes on.
      if (++reads !== 2) return
      await realtime.complete('a')
      backplane.release()
    }
    const reading = await readStream(port, { path: '/events?from=start' })
    expect(shorten(await reading.rest())).toEqual(['connected', 1, 'complete'])
  })
})

describe('a lossy link to the backplane', () => {
  it('drops what comes twice without asking history', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannel({ backplane })
    const reading = await readStream(port)
    await reading.take(1)
    let reads = 0
    backplane.onRead = () => void reads++
    for (const event of upTo(3)) {
      await realtime.publish('a', event)
      backplane.double()
      backplane.release()
    }
    expect(shorten(await reading.take(3))).toEqual(upTo(3))
    expect(reads).toBe(0)
  })

  it('fills a hole from history and drops what comes twice', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannel({ backplane })
    const reading = await readStream(port)
    await reading.take(1)
    await vi.waitFor(() => expect(realtime.stats().channels.activeChannels).toBe(1))
    for (const event of upTo(5)) await realtime.publish('a', event)
    backplane.release(1)
    backplane.lose()
    backplane.double()
    backplane.release()
    expect(shorten(await reading.take(5))).toEqual(upTo(5))
    await realtime.complete('a')
    backplane.release()
    expect(shorten(await reading.rest())).toEqual(['complete'])
  })

  it('declares a hole that history no longer holds', async () => {
    const backplane = laggingBackplane({ size: 1 })
    const { realtime, port } = await serveChannel({ backplane })
    const reading = await readStream(port)
    const [connected] = await reading.take(1)
    const epoch = connected?.id?.split(':')[0]
    for (const event of upTo(4)) await realtime.publish('a', event)
    backplane.release(1)
    backplane.lose()
    backplane.lose()
    backplane.release()
    const [one, gap, four] = await reading.take(3)
    expect([one?.data, four?.data]).toEqual([1, 4])
    expect(gap).toEqual({
      id: `${epoch}:3`,
      event: 'steadystream.gap',
      data: { kind: 'lost', from: `${epoch}:1`, to: `${epoch}:3` },
    })
  })

  it('finds the end of a channel whose last event went missing', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannel({ backplane })
    const reading = await readStream(port)
    await reading.take(1)
    await realtime.publish('a', 1)
    await realtime.publish('a', 2)
    await realtime.complete('a')
    backplane.release(1)
    backplane.lose()
    backplane.release()
    expect(shorten(await reading.rest())).toEqual([1, 2, 'complete'])
  })

  it('cuts a client off where history cannot be read, so that it comes back', async () => {
    const backplane = laggingBackplane()
    const { realtime, port } = await serveChannel({ backplane })
    const reading = await readStream(port)
    await reading.take(1)
    for (const event of upTo(3)) await realtime.publish('a', event)
    backplane.failReads(true)
    backplane.lose()
    backplane.release()
    expect(await reading.over).toBe('cut')
    const refused = await readStream(port)
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
    expect(await vi.waitUntil(() => realtime.stats().channels.activeChannels === 0)).toBe(true)
  })

  it('shows another life of the channel as a gap and goes on with it', async () => {
    const before = memoryBackplane()
    const after = memoryBackplane()
    let current = before
    const subscribed: [string, Receiver][] = []
    const backplane: Backplane = {
      ...before,
      publish: (key, json) => current.publish(key, json),
      read: (key, range) => current.read(key, range),
      subscribe(key, receiver) {
        subscribed.push([key, receiver])
        return before.subscribe(key, receiver)
      },
    }
    const { realtime, port } = await serveChannel({ backplane })
    const reading = await readStream(port)
    await reading.take(1)
    await realtime.publish('a', 1)
    const [one] = await reading.take(1)
    // The broker came back without its data.
    for (const args of subscribed) await after.subscribe(...args)
    current = after
    await realtime.publish('a', 2)
    await realtime.publish('a', 3)
    const blocks = await reading.take(3)
    const epoch = blocks[1]?.id?.split(':')[0]
    expect(blocks).toEqual([
      { id: `${epoch}:0`, event: 'steadystream.gap', data: { kind: 'lost', from: one?.id, to: `${epoch}:0` } },
      { id: `${epoch}:1`, data: 2 },
      { id: `${epoch}:2`, data: 3 },
    ])
    await after.close()
  })
})

describe('fan-out', () => {
  it('writes what one turn publishes on a channel in one go to each client', async () => {
    let writes = 0
    const { realtime, port } = await serve((self, req, res) => {
      const write = res.write.bind(res)
      res.write = (chunk: unknown) => {
        writes++
        return write(chunk)
      }
      self.node(req, res, { channel: 'a' })
    })
    const readings = await Promise.all([readStream(port), readStream(port)])
    for (const reading of readings) await reading.take(1)
    writes = 0
    for (const event of upTo(8)) void realtime.publish('a', event)
    for (const event of upTo(16, 9)) await realtime.publish('a', event)
    for (const reading of readings) expect(shorten(await reading.take(16))).toEqual(upTo(16))
    expect(writes).toBe(2)
  })

  it('sends a channel only to those who follow it', async () => {
    const { realtime, port } = await serve((self, req, res) => {
      self.node(req, res, { channel: { type: 'job', id: req.url?.slice(1) ?? '' } })
    })
    const one = await readStream(port, { path: '/1' })
    const two = await readStream(port, { path: '/2' })
    await one.take(1)
    await two.take(1)
    await realtime.publish({ type: 'job', id: '1' }, 'for one')
    await realtime.publish({ type: 'job', userId: '2' }, 'for a user')
    await realtime.publish('job:2', 'for a name')
    await realtime.publish({ type: 'job', id: '2' }, 'for two')
    expect(shorten(await one.take(1))).toEqual(['for one'])
    expect(shorten(await two.take(1))).toEqual(['for two'])
  })
})
