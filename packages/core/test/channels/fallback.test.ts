import { expect, it, onTestFinished, vi } from 'vitest'

import { createMeddlingProxy } from '../loopback/meddling-proxy.ts'
import { createWarpedClock } from '../loopback/warped-clock.ts'
import { serveChannels, ways } from './channel-server.ts'
import { follow, openClient } from './open-client.ts'

const channels = 20

it(
  'moves all channels from one transport to the next and back, and loses nothing of any',
  { timeout: 60_000 },
  async () => {
    const { realtime, port } = await serveChannels({ history: { size: 5000 }, heartbeat: { intervalMs: 250 } })
    const proxy = await createMeddlingProxy(port)
    const client = openClient({
      url: `http://127.0.0.1:${proxy.port}/realtime`,
      transports: [ways.sse, ways.websocket, ways.polling],
      // A better transport is looked for after half a minute: the client lives twenty times as fast as its server.
      clock: createWarpedClock(20),
      heartbeatInterval: 10_000,
      retryDelay: 1000,
      minRetryDelay: 200,
    })
    const followed = Array.from({ length: channels }, (_, n) => follow(client, `c${n}`, { from: 'start' }))
    let published = 0
    const publish = () => {
      published++
      for (let n = 0; n < channels; n++) void realtime.publish(`c${n}`, published)
    }
    const flow = setInterval(publish, 10)
    onTestFinished(() => clearInterval(flow))
    const flowsOver = async (transport: string) => {
      await vi.waitFor(() => expect([client.transport, client.state]).toEqual([transport, 'connected']), 15_000)
      const before = followed.map(({ data }) => data.length)
      await vi.waitFor(
        () => expect(followed.every(({ data }, n) => data.length > (before[n] ?? 0) + 10)).toBe(true),
        15_000,
      )
    }

    await flowsOver('sse')
    proxy.holdStreams(true)
    await flowsOver('websocket')
    proxy.refuseSockets(true)
    await flowsOver('polling')
    proxy.holdStreams(false)
    await flowsOver('sse')
    clearInterval(flow)
    const all = Array.from({ length: published }, (_, n) => n + 1)
    await vi.waitFor(() => expect(followed.map(({ data }) => data.length)).toEqual(followed.map(() => published)))
    for (const { data, log } of followed) {
      expect(data).toEqual(all)
      expect(log.filter((line) => /gap|error/.test(line))).toEqual([])
    }
    client.close()
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(0))
  },
)
