import { connect } from 'node:net'
import { setImmediate as turnEnd } from 'node:timers/promises'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { serve } from './support/serve.ts'

import type { SessionView } from '../src/index.ts'

const readers = 1000
const kibibyte = 1024

/** Opens an event stream; one that does not read takes nothing from the system either. */
function open(port: number, reads: boolean, path: string): void {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {}) // it is cut off
  if (reads) socket.resume()
  else socket.pause()
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
}

const largestOf = (sessions: Iterable<SessionView>) => Math.max(0, ...Array.from(sessions, (one) => one.queuedBytes))

describe('security 17: one reader that never reads among 1,000 that do', () => {
  it('is closed at the limit of its queue, and no other queue grows', { timeout: 60_000 }, async () => {
    const dropped: string[] = []
    const { realtime, port } = await serve((self, req, res) => self.node(req, res), {
      authorize: () => true,
      history: { size: 10 },
      on: { dropped: ({ clientId }) => dropped.push(clientId) },
    })
    // What the system takes for it, some megabytes, comes on a channel that nobody else follows.
    open(port, false, '/?channels=a&channels=b')
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    const [stuck] = realtime.sessions
    for (let reader = 0; reader < readers; reader++) open(port, true, '/?channels=a')
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(readers + 1), { timeout: 20_000 })
    const rss = process.memoryUsage.rss()
    const data = 'x'.repeat(16 * kibibyte)
    let largest = 0
    let largestStuck = 0
    for (let event = 0; event < 2000 && stuck?.queuedBytes === 0; event++) {
      await realtime.publish('b', data)
      await turnEnd()
    }
    for (let event = 0; event < 200 && dropped.length === 0; event++) {
      await realtime.publish('a', data)
      await turnEnd()
      const others = () => Array.from(realtime.sessions).filter((one) => one !== stuck)
      await vi.waitFor(() => expect(largestOf(others())).toBeLessThan(64 * kibibyte), { interval: 2, timeout: 10_000 })
      largest = Math.max(largest, largestOf(others()))
      largestStuck = Math.max(largestStuck, stuck?.queuedBytes ?? 0)
      // The others have taken it before the next one comes.
      await vi.waitFor(() => expect(largestOf(others())).toBe(0), { interval: 2, timeout: 10_000 })
    }
    expect(dropped).toEqual([stuck?.id])
    expect(largest).toBeLessThan(64 * kibibyte)
    expect(largestStuck).toBeGreaterThan(900 * kibibyte)
    expect(largestStuck).toBeLessThanOrEqual(1024 * kibibyte)
    expect([...realtime.sessions]).toHaveLength(readers)
    // The clients are in this process, too, with what they read into.
    expect(process.memoryUsage.rss() - rss).toBeLessThan(256 * 1024 * kibibyte)
  })
})
