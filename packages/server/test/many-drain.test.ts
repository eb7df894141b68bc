import { expect, it, vi } from 'vitest'

import { memoryBackplane } from '../src/index.ts'
import { openSocket } from './support/open-socket.ts'
import { readStream } from './support/read-stream.ts'
import { serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

const json = { 'Content-Type': 'application/json' }
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

it('clients of one of two servers move to the other when it drains, and lose and double nothing', async () => {
  const shared = memoryBackplane()
  // Each server closes its own view of what they share.
  const view = () => ({ ...shared, close: () => Promise.resolve() })
  const leaving = await serveChannels({ backplane: view() })
  const staying = await serveChannels({ backplane: view() })
  const clients = Array.from({ length: 40 }, async () => {
    const seen: Record<string, number[]> = { a: [], b: [] }
    const positions: Record<string, string> = {}
    const take = (envelopes: readonly { [field: string]: unknown }[]) => {
      for (const { type, channel, position, data } of envelopes) {
        expect(type).not.toBe('gap')
        if (type === 'subscribed' || type === 'event') positions[String(channel)] = String(position)
        if (type === 'event') seen[String(channel)]?.push(Number(data))
      }
    }
    const first = await openSocket(leaving.port)
    for (const channel of ['a', 'b']) first.ws.send(JSON.stringify({ type: 'subscribe', channel }))
    take(await first.take(3))
    const rest = await first.rest()
    take(rest)
    expect(rest.at(-1)).toMatchObject({ type: 'close', code: 3001, reconnect: true })
    expect(await first.over).toEqual({ code: 3001, reason: 'shutdown' })
    const second = await openSocket(staying.port)
    for (const channel of ['a', 'b']) {
      second.ws.send(JSON.stringify({ type: 'subscribe', channel, position: positions[channel] }))
    }
    while ((seen['a']?.length ?? 0) + (seen['b']?.length ?? 0) < 400) take(await second.take(1))
    return seen
  })
  await until(() => leaving.realtime.stats().channels.totalSubscriptions === 80)
  let closed: Promise<void> | undefined
  for (const n of numbers(1, 200)) {
    for (const channel of ['a', 'b']) await staying.realtime.publish(channel, n)
    if (n === 50) closed = leaving.realtime.close({ drainMs: 100 })
    if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  for (const seen of await Promise.all(clients)) expect(seen).toEqual({ a: numbers(1, 200), b: numbers(1, 200) })
  await closed
  expect([...leaving.realtime.sessions]).toEqual([])
})

it('nobody opens, polls or commands anything while the server drains, and health says so', async () => {
  const { realtime, port } = await serveChannels()
  const stream = await readStream(port, { method: 'POST', headers: json, body: '{"channels":{"a":null}}' })
  await stream.take(1)
  stream.pause()
  const held = await openSocket(port)
  held.ws.pause()
  const closing = realtime.close({ drainMs: 50 })
  expect(realtime.health()).toMatchObject({ status: 'draining' })
  for (const ask of [
    { path: '/events?channels=a' },
    { path: '/poll?channels=a' },
    { path: '/events', method: 'POST', headers: json, body: '{"channels":{"a":null}}' },
    { path: '/poll', method: 'POST', headers: json, body: '{"commands":[]}' },
  ]) {
    const reading = await readStream(port, ask)
    await reading.over
    expect([reading.status, JSON.parse(reading.text())]).toMatchObject([503, { error: { code: 'UNAVAILABLE' } }])
  }
  stream.resume()
  held.ws.resume()
  await closing
})

it('polls that wait are answered with what there is', async () => {
  const { realtime, port } = await serveChannels()
  const [a, b] = [await realtime.publish('a', 1), await realtime.publish('b', 1)]
  const body = JSON.stringify({ channels: { a: `${a.epoch}:1`, b: `${b.epoch}:1` }, wait: 30 })
  const answer = readStream(port, { path: '/poll', method: 'POST', headers: json, body })
  await vi.waitFor(() => expect(realtime.stats().polling.totalConnections).toBe(1))
  await realtime.close()
  const reading = await answer
  await reading.over
  expect(JSON.parse(reading.text())).toEqual({ events: [], positions: { a: `${a.epoch}:1`, b: `${b.epoch}:1` } })
})
