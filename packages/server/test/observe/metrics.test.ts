import { readFileSync } from 'node:fs'

import { describe, expect, it, vi } from 'vitest'

import { memoryBackplane } from '../../src/index.ts'
import { openSocket } from '../support/open-socket.ts'
import { readStream } from '../support/read-stream.ts'
import { serveAll } from '../support/serve-socket.ts'

import type { Backplane } from '../../src/index.ts'

/** The samples, without comments. */
function samples(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

describe('metrics', () => {
  it('count sessions, events and what ended them', async () => {
    const { realtime, port } = await serveAll()
    const readings = [await readStream(port), await readStream(port)]
    for (const reading of readings) await reading.take(1)
    const socket = await openSocket(port)
    await socket.take(2)
    await realtime.publish('a', 'four')
    await (
      await readStream(port, { path: '/poll?from=start' })
    ).over
    await socket.take(1)
    for (const reading of readings) await reading.take(1)
    readings[0]?.leave()
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(2))
    expect(samples(realtime.metrics())).toEqual({
      'steadystream_sessions{transport="sse"}': 1,
      'steadystream_sessions{transport="websocket"}': 1,
      'steadystream_sessions{transport="polling"}': 0,
      'steadystream_sessions_opened_total{transport="sse"}': 2,
      'steadystream_sessions_opened_total{transport="websocket"}': 1,
      'steadystream_sessions_opened_total{transport="polling"}': 1,
      'steadystream_sessions_closed_total{transport="sse",reason="left"}': 1,
      'steadystream_sessions_closed_total{transport="polling",reason="ended"}': 1,
      'steadystream_events_sent_total{transport="sse"}': 2,
      'steadystream_events_sent_total{transport="websocket"}': 1,
      'steadystream_events_sent_total{transport="polling"}': 1,
      steadystream_queued_bytes: 0,
      steadystream_channels: 1,
      steadystream_subscriptions: 2,
      steadystream_events_published_total: 1,
      steadystream_published_bytes_total: 6,
      steadystream_backplane_connected: 1,
      steadystream_draining: 0,
    })
  })

  it('count what the backplane failed at, and say that the server goes away', async () => {
    const broken: Backplane = { ...memoryBackplane(), publish: () => Promise.reject(new Error('no broker')) }
    const { realtime } = await serveAll({ backplane: broken })
    await expect(realtime.publish('a', 1)).rejects.toThrow()
    await realtime.close()
    expect(samples(realtime.metrics())).toMatchObject({
      'steadystream_backplane_errors_total{stage="publish"}': 1,
      steadystream_backplane_connected: 0,
      steadystream_draining: 1,
    })
  })

  it('are documented, each of them', async () => {
    const { realtime } = await serveAll()
    const doc = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8')
    const documented = new Set(Array.from(doc.matchAll(/`(steadystream_[a-z_]+)/g), ([, name]) => name))
    const told = new Set(Array.from(realtime.metrics().matchAll(/^# TYPE (\S+)/gm), ([, name]) => name))
    expect(documented).toEqual(told)
  })

  it('are in the text format', async () => {
    const { realtime } = await serveAll()
    const text = realtime.metrics()
    expect(text).toMatch(
      /^(# HELP steadystream_[a-z_]+ .+\n# TYPE steadystream_[a-z_]+ (counter|gauge)\n(steadystream_[a-z_]+(\{[a-z]+="[a-z_]+"(,[a-z]+="[a-z_0-9]+")*\})? \d+\n)*)+$/,
    )
  })

  it('security 24: name no channel, client or user, however many there are', async () => {
    const { realtime, port } = await serveAll({ authenticate: () => ({ userId: 'mary' }) })
    const before = realtime.metrics().split('\n').length
    const readings = await Promise.all(Array.from({ length: 20 }, () => readStream(port)))
    for (const reading of readings) await reading.take(1)
    for (let i = 0; i < 100; i++) await realtime.publish({ type: 'job', id: `secret-${i}` }, i)
    const text = realtime.metrics()
    expect(text.split('\n')).toHaveLength(before)
    for (const name of ['mary', 'job', 'secret', 'sse_', ...Array.from(realtime.sessions, ({ id }) => id)]) {
      expect(text).not.toContain(name)
    }
  })
})
