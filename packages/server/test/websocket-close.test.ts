import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { laggingBackplane } from './support/lagging-backplane.ts'
import { openSocket, refusedUpgrade } from './support/open-socket.ts'
import { readStream } from './support/read-stream.ts'
import { serveAll } from './support/serve-socket.ts'
import { until } from './support/until.ts'
import { publishInTurns } from './support/publish-in-turns.ts'

import type { Envelope } from './support/open-socket.ts'

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1 + index)
}

function dataOf(envelopes: readonly Envelope[]): unknown[] {
  return envelopes.map(({ type, data }) => data ?? type)
}

describe('close', () => {
  it('sends WebSockets what is due, the reason as envelope and as close frame, and resolves when all are gone', async () => {
    const { realtime, server, port } = await serveAll()
    const sockets = [await openSocket(port), await openSocket(port), await openSocket(port)]
    for (const socket of sockets) await socket.take(2)
    void realtime.publish('a', 'last words')
    await realtime.close()
    expect([[...realtime.sessions], server.listenerCount('upgrade')]).toEqual([[], 0])
    const retries = new Set<unknown>()
    for (const socket of sockets) {
      const [last, close, ...none] = await socket.rest()
      const retryMs: unknown = expect.any(Number)
      expect([last?.['data'], close, none]).toEqual([
        'last words',
        { type: 'close', code: 3001, reason: 'shutdown', reconnect: true, retryMs },
        [],
      ])
      expect(await socket.over).toEqual({ code: 3001, reason: 'shutdown' })
      retries.add(close?.['retryMs'])
    }
    expect(retries.size).toBeGreaterThan(1)
  })

  it('answers a flood of upgrades with 503 meanwhile, drops none, and leaves no timer', async () => {
    const { realtime, port } = await serveAll()
    const staying = await openSocket(port)
    await staying.take(2)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    // One session is told at once, so that the window is open for as long as the other has not been told.
    const second = await openSocket(port)
    const closed = realtime.close({ drainMs: 10_000 })
    const refusals = await Promise.all(upTo(100).map(() => refusedUpgrade(port)))
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { error: { code: 'UNAVAILABLE', message: 'shutting down' } },
      })
    }
    await staying.over
    expect([...realtime.sessions]).toHaveLength(1)
    // None of the refused ones left the timer behind that waits for it to go.
    await until(() => vi.getTimerCount() < 10)
    await vi.advanceTimersByTimeAsync(10_000)
    await second.over
    await closed
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not wait for ever for a client that does not answer the close frame', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveAll()
    const socket = await openSocket(port)
    await socket.take(2)
    socket.ws.pause()
    const closed = realtime.close()
    await until(() => vi.getTimerCount() > 0)
    await vi.advanceTimersByTimeAsync(5000)
    await closed
    await until(() => vi.getTimerCount() === 0)
  })

  it('lets a session be told anything, in a frame that the transport can carry', async () => {
    const { realtime, port } = await serveAll()
    const codes = []
    for (const code of [3500, 4999, 99, 1006, 5000, 3000.5, Number.NaN]) {
      const socket = await openSocket(port)
      await socket.take(2)
      for (const session of realtime.sessions) session.end({ code, reason: '🎬'.repeat(100), reconnect: false })
      const { code: shown, reason } = await socket.over
      codes.push(shown)
      expect(Buffer.byteLength(reason)).toBeLessThan(124)
    }
    expect(codes).toEqual([3500, 4999, 1000, 1000, 1000, 1000, 1000])
  })
})

describe('security 34: teardown', () => {
  it('leaves nothing behind, however a WebSocket ends', async () => {
    const { realtime, server, port } = await serveAll()
    const sockets = await Promise.all(upTo(6).map(() => openSocket(port)))
    for (const socket of sockets) await socket.take(2)
    const [first, second] = [...realtime.sessions]
    first?.destroy()
    second?.end({ code: 3001, reason: 'shutdown', reconnect: true })
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(4))
    const open = sockets.filter(({ ws }) => ws.readyState === ws.OPEN)
    open[0]?.ws.close()
    open[1]?.ws.terminate()
    open[2]?.ws.send('x'.repeat(100_000))
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    await realtime.complete('a')
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(0))
    const { websocket, channels } = realtime.stats()
    expect(websocket).toEqual({ totalConnections: 0, totalEvents: 0, clients: [] })
    expect(channels).toMatchObject({ activeChannels: 0, totalSubscriptions: 0 })
    await vi.waitFor(async () => {
      expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0)
    })
  })

  it('survives clients that reset the connection while events flow', async () => {
    const { realtime, port } = await serveAll()
    for (let round = 0; round < 5; round++) {
      const { ws, take } = await openSocket(port)
      await take(2)
      void realtime.publish('a', 'x'.repeat(100_000))
      ws.terminate()
      for (let i = 0; i < 20; i++) await realtime.publish('a', i)
    }
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(0))
  })
})

describe('between replay and live', () => {
  it('loses and doubles nothing on any transport while publishes race joining and resuming', async () => {
    const { realtime, port } = await serveAll({ history: { size: 10_000 } })
    const publisher = publishInTurns(realtime, 'a', 2000)
    async function follow(): Promise<unknown[]> {
      const seen: Envelope[] = []
      let query = '?from=start'
      // Leaves again and again, and goes on where it was.
      for (let life = 0; life < 5; life++) {
        const socket = await openSocket(port, `/ws${query}`)
        const [, , ...events] = await socket.take(2 + 100)
        seen.push(...events)
        query = `?lastEventId=${String(events.at(-1)?.['position'])}`
        socket.ws.terminate()
      }
      const [, , ...events] = await (await openSocket(port, `/ws${query}`)).rest()
      return dataOf([...seen, ...events])
    }
    const sse = upTo(3).map(async () => (await readStream(port, { path: '/events?from=start' })).rest())
    const all = await Promise.all(upTo(5).map(follow))
    await publisher
    for (const seen of all) expect(seen).toEqual([...upTo(2000), 'complete'])
    for (const blocks of await Promise.all(sse)) {
      expect(blocks.slice(1, -1).map(({ data }) => data)).toEqual(upTo(2000))
    }
  })

  it('fills a hole from history, drops what comes twice, and declares what history no longer holds', async () => {
    const backplane = laggingBackplane({ size: 3 })
    const { realtime, port } = await serveAll({ backplane })
    const socket = await openSocket(port)
    await socket.take(2)
    for (const data of upTo(3)) await realtime.publish('a', data)
    backplane.release(1)
    backplane.lose()
    backplane.double()
    backplane.release()
    expect(dataOf(await socket.take(3))).toEqual(upTo(3))
    for (const data of [4, 5, 6, 7, 8]) await realtime.publish('a', data)
    for (let i = 0; i < 4; i++) backplane.lose()
    backplane.release()
    const [gap, ...rest] = await socket.take(4)
    const epoch = String(gap?.['to']).split(':')[0]
    expect(gap).toEqual({ type: 'gap', channel: 'a', kind: 'lost', from: `${epoch}:3`, to: `${epoch}:5` })
    expect(dataOf(rest)).toEqual([6, 7, 8])
  })

  it('writes what one turn publishes once to each WebSocket, from one buffer', async () => {
    const { realtime, port } = await serveAll()
    const sockets = [await openSocket(port), await openSocket(port)]
    for (const socket of sockets) await socket.take(2)
    for (const data of upTo(8)) void realtime.publish('a', data)
    for (const data of [9, 10, 11, 12, 13, 14, 15, 16]) await realtime.publish('a', data)
    for (const socket of sockets) expect(dataOf(await socket.take(16))).toEqual(upTo(16))
    expect(sockets.map(({ frames }) => frames.length)).toEqual([2, 2])
  })
})
