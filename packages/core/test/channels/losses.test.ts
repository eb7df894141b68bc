import { expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'

import { polling, sse, webSocket } from '../../src/index.ts'
import { createRandom } from '../support/random.ts'
import { serveChannels, wayNames } from './channel-server.ts'
import { createGate } from './gate.ts'
import { openClient } from './open-client.ts'

import type { TransportFactory } from '../../src/index.ts'

const channels = 500
const losses = 200
/** What the server keeps of each channel. */
const kept = 5

/** What a subscription has been given: events by their number, and gaps. */
interface Ledger {
  readonly told: (number | { readonly lost: readonly [after: number, to: number] })[]
  reached: number
  isOn: boolean
}

const offsetOf = (position = '') => Number(position.split(':')[1])

it.each(wayNames)(
  `loses and doubles nothing of ${channels} channels in ${losses} losses over %s, asks once after each, and declares what the server has forgotten`,
  { timeout: 240_000 },
  async (way) => {
    const random = createRandom(500_200)
    const server = await serveChannels({
      limits: { channelsPerConnection: channels },
      history: { size: kept },
    })
    const { realtime } = server
    const gate = await createGate(server.port)
    let subscribes = 0
    class CountingSocket extends WebSocket {
      override send(data: string): void {
        if (data.includes('"subscribe"')) subscribes++
        super.send(data)
      }
    }
    const transports: Record<(typeof wayNames)[number], TransportFactory> = {
      sse: sse(''),
      websocket: webSocket('ws', { WebSocket: CountingSocket }),
      polling: polling('poll'),
    }
    const opened: string[] = []
    const client = openClient({
      url: `http://127.0.0.1:${gate.port}/realtime`,
      transports: [transports[way]],
      maxRetryDelay: 20,
      onStateChange: ({ state, reason }) => void (state === 'connected' && opened.push(reason)),
    })
    const ledgers = Array.from({ length: channels }, (): Ledger => ({ told: [], reached: 0, isOn: false }))
    const labels = ledgers.map((_, n) => `channel-${n}`)
    const published = labels.map(() => 0)
    ledgers.forEach((ledger, n) => {
      client.subscribe<number>(labels[n] ?? '', {
        onData(value) {
          ledger.told.push(value)
          ledger.reached = value
        },
        onGap({ from, to }) {
          ledger.told.push({ lost: [offsetOf(from), offsetOf(to)] })
          ledger.reached = offsetOf(to)
        },
        onStateChange: ({ state }) => void (ledger.isOn = state === 'connected'),
      })
    })
    const publish = (count: number) => {
      while (count-- > 0) {
        const n = random.whole(0, channels - 1)
        published[n] = (published[n] ?? 0) + 1
        void realtime.publish(labels[n] ?? '', published[n])
      }
    }
    const settled = () =>
      vi.waitFor(
        () => {
          // Cheap, as it is asked thousands of times: what came is compared at the end.
          const behind = ledgers.findIndex(({ isOn, reached }, n) => !isOn || reached !== published[n])
          expect(behind).toBe(-1)
        },
        { timeout: 20_000, interval: 5 },
      )
    await settled()

    const expected = labels.map((): Ledger['told'] => [])
    for (let loss = 0; loss < losses; loss++) {
      // Some of these are on their way when the connection is cut.
      publish(random.whole(0, 80))
      if (random.whole(0, 2)) await new Promise(setImmediate)
      gate.hold(true)
      // One that polls may have nothing under way just now, and does not notice before it asks again.
      await vi.waitFor(
        () => {
          if (client.state === 'connected') gate.cut()
          expect(client.state).not.toBe('connected')
        },
        { interval: 2 },
      )
      await new Promise(setImmediate)
      const before = ledgers.map(({ reached }) => reached)
      publish(random.whole(0, 9) ? random.whole(0, 100) : random.whole(1500, 2500))
      before.forEach((at, n) => {
        const top = published[n] ?? 0
        const last = top - at > kept ? top - kept : at
        if (last > at) expected[n]?.push({ lost: [at, last] })
      })
      gate.hold(false)
      await settled()
    }
    const gaps = ledgers.map(({ told }) => told.filter((each) => typeof each === 'object'))
    expect(gaps).toEqual(expected)
    expect(gaps.flat().length).toBeGreaterThan(100)
    ledgers.forEach(({ told }, n) => {
      const all = told.flatMap((each) =>
        typeof each === 'number'
          ? each
          : Array.from({ length: each.lost[1] - each.lost[0] }, (_, k) => each.lost[0] + k + 1),
      )
      expect(all).toEqual(Array.from({ length: published[n] ?? 0 }, (_, k) => k + 1))
    })
    expect(opened).toHaveLength(losses + 1)
    if (way === 'sse') expect(server.asked).toHaveLength(losses + 1)
    if (way === 'websocket') expect(subscribes).toBe(losses + 1)
    client.close()
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(0))
  },
)
