import { once } from 'node:events'

import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'

import { startFleet } from '../support/redis-fleet.ts'
import { startRedis } from '../support/redis-server.ts'

const clients = 1000
const drainMs = 2000
const count = 60
const patience = { timeout: 30_000, interval: 50 }

async function enter() {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const fleet = await startFleet({ url: redis.url, library: '@redis/client', clients, historySize: 1000, drainMs })
  onTestFinished(() => fleet.stop())
  const [gone] = fleet.children
  if (!gone) throw new Error('there are two')
  const affected = fleet.clients.filter((_, index) => index % 2 === 0)
  return { fleet, gone, affected }
}

describe.skipIf(!inject('redisPath'))(`one of two servers with ${clients} clients`, () => {
  it(
    'dies: all resume on the other, no event is lost or doubled, and there is no gap',
    { timeout: 90_000 },
    async () => {
      const { fleet, gone, affected } = await enter()
      const publishing = fleet.publishFrom(1, { count, perSecond: 20 })
      await vi.waitFor(() => expect(fleet.clients.every(({ counts }) => (counts[1] ?? 0) > 10)).toBe(true), patience)
      gone.kill('SIGKILL')
      await publishing
      const all = fleet.clients.map(() => [0, count])
      await vi.waitFor(() => expect(fleet.clients.map(({ counts }) => counts)).toEqual(all), patience)
      expect(affected.every(({ reconnects, isConnected }) => reconnects === 1 && isConnected)).toBe(true)
      expect(fleet.clients.flatMap(({ faults, gaps }) => [...faults, ...gaps])).toEqual([])
    },
  )

  it('is told to go: likewise, with its clients spread over the time that it has', { timeout: 90_000 }, async () => {
    const { fleet, gone, affected } = await enter()
    const publishing = fleet.publishFrom(1, { count, perSecond: 15 })
    await vi.waitFor(() => expect(fleet.clients.every(({ counts }) => (counts[1] ?? 0) > 5)).toBe(true), patience)
    const ended = once(gone, 'exit')
    gone.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    await publishing
    const all = fleet.clients.map(() => [0, count])
    await vi.waitFor(() => expect(fleet.clients.map(({ counts }) => counts)).toEqual(all), patience)
    expect(fleet.clients.flatMap(({ faults, gaps }) => [...faults, ...gaps])).toEqual([])
    expect(
      affected
        .filter(({ reconnects, dueAt }) => reconnects !== 1 || dueAt.length !== 1)
        .map(({ reconnects, dueAt }) => [reconnects, dueAt.length]),
    ).toEqual([])
    const due = affected.flatMap(({ dueAt }) => dueAt)
    // However late a busy machine tells them: how long each is to wait is spread over the window by itself.
    const [first, last] = [Math.min(...due), Math.max(...due)]
    expect(last - first).toBeGreaterThan(drainMs * 0.9)
    const tenths = Array.from({ length: 10 }, () => 0)
    for (const at of due) tenths[Math.min(9, Math.floor(((at - first) / (last - first)) * 10))]! += 1
    expect(Math.max(...tenths)).toBeLessThan(affected.length / 4)
  })
})
