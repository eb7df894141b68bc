import { Writable } from 'node:stream'

import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createRealtime } from '../../src/index.ts'
import { readStream } from '../support/read-stream.ts'
import { serve } from '../support/serve.ts'

describe('the logger', () => {
  it('may be pino, and gets one line for each client that comes and goes', async () => {
    const lines: { msg: string; channel?: string; eventsSent?: number }[] = []
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        lines.push(JSON.parse(chunk.toString()) as (typeof lines)[number])
        done()
      },
    })
    const logger = pino({ level: 'info' }, sink)
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), { logger })
    const reading = await readStream(port)
    await reading.take(1)
    await realtime.publish('a', 1)
    await reading.take(1)
    reading.leave()
    await vi.waitFor(() => expect(lines).toHaveLength(2))
    expect(lines).toMatchObject([
      { msg: 'client connected', channel: 'a' },
      { msg: 'client disconnected', channel: 'a', eventsSent: 1 },
    ])
  })

  it('is quiet by default', async () => {
    const spies = (['debug', 'log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name))
    onTestFinished(() => spies.forEach((spy) => spy.mockRestore()))
    const failing = () => Promise.reject(new Error('no'))
    const { port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), { authorize: failing })
    await (
      await readStream(port)
    ).over
    expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([])
  })

  it('security 29: never sees a token, or a line end from outside', async () => {
    const seen: unknown[] = []
    const keep = (fields: object, message: string) => void seen.push(fields, message)
    const logger = { debug: keep, info: keep, warn: keep, error: keep }
    const authorize = () => {
      throw new Error('no luck with Bearer s3cret\n00:00 all is well')
    }
    const { port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), { authorize, logger })
    await (
      await readStream(port)
    ).over
    expect(seen).toMatchObject([
      { err: { message: 'no luck with Bearer [redacted]\\u{a}00:00 all is well' } },
      'authorize failed',
    ])
  })

  it('security 29: leaves out what floods it, and says how much', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const lines: object[] = []
    const ignore = () => {}
    const logger = { debug: ignore, info: ignore, warn: ignore, error: (fields: object) => void lines.push(fields) }
    const realtime = createRealtime({
      logger,
      on: {
        published() {
          throw new Error('hook')
        },
      },
    })
    for (let i = 0; i < 150; i++) await realtime.publish('a', i)
    expect(lines).toHaveLength(100)
    vi.advanceTimersByTime(1000)
    await realtime.publish('a', 'later')
    await realtime.publish('a', 'last')
    expect(lines.slice(100)).toEqual([
      { err: expect.any(Error), hook: 'published', suppressed: 50 },
      { err: expect.any(Error), hook: 'published' },
    ])
    await realtime.close()
  })
})
