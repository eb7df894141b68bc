import { describe, expect, it, vi } from 'vitest'

import { createRealtime, memoryBackplane } from '../../src/index.ts'
import { openSocket, refusedUpgrade } from '../support/open-socket.ts'
import { readStream } from '../support/read-stream.ts'
import { byToken, serveChannels } from '../support/serve-channels.ts'
import { serve } from '../support/serve.ts'

import type { Backplane, Realtime, RealtimeHooks, RealtimeOptions } from '../../src/index.ts'

/** All hooks, and what they were called with. */
function recordHooks() {
  const calls: unknown[] = []
  const record = (name: string) => (fact: object) => void calls.push([name, fact])
  const on: RealtimeHooks = {
    opened: record('opened'),
    closed: record('closed'),
    dropped: record('dropped'),
    refused: record('refused'),
    published: record('published'),
    backplaneError: record('backplaneError'),
  }
  return { on, calls }
}

function serveChannel(options: RealtimeOptions) {
  return serve((realtime, req, res) => realtime.node(req, res, { channel: { type: 'job', id: '7' } }), options)
}

describe('hooks', () => {
  it('tell of a session from its opening to its end, and of each event', async () => {
    const { on, calls } = recordHooks()
    const { realtime, port } = await serveChannel({ on, authenticate: () => ({ userId: 'mary' }) })
    const reading = await readStream(port)
    await reading.take(1)
    const position = await realtime.publish({ type: 'job', id: '7' }, { progress: 1 })
    await reading.take(1)
    reading.leave()
    const session = {
      clientId: expect.stringMatching(/^sse_/),
      transport: 'sse',
      channel: 'job:7',
      userId: 'mary',
    }
    await vi.waitFor(() => expect(calls).toHaveLength(3))
    expect(calls).toEqual([
      ['opened', session],
      ['published', { channel: 'job:7', position, bytes: 14 }],
      ['closed', { ...session, why: 'left', eventsSent: 1, durationMs: expect.any(Number) }],
    ])
  })

  it('tell of a client that was too slow, before its end', async () => {
    const { on, calls } = recordHooks()
    const { realtime, port } = await serveChannel({
      on: { dropped: on.dropped, closed: on.closed },
      limits: { queuedBytes: 128 * 1024 },
    })
    const reading = await readStream(port)
    await reading.take(1)
    reading.pause()
    while ([...realtime.sessions].length > 0) {
      await realtime.publish({ type: 'job', id: '7' }, 'x'.repeat(64 * 1024))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(calls).toMatchObject([
      ['dropped', { why: 'slow consumer', channel: 'job:7' }],
      ['closed', { why: 'slow consumer' }],
    ])
  })

  it('tell of what is refused, whoever asked for it over whatever transport', async () => {
    const { on, calls } = recordHooks()
    const { realtime, port } = await serveChannels({
      on: { refused: on.refused },
      authenticate: byToken,
      authorize: (principal, _, channel) => principal?.userId === 'mary' && channel !== 'secret',
      limits: { connectionsPerUser: 1 },
    })
    const mary = { Authorization: 'Bearer mary' }
    const json = { ...mary, 'Content-Type': 'application/json' }
    const bob = { Authorization: 'Bearer bob' }
    const socket = await openSocket(port, '/ws', { headers: mary })
    socket.ws.send('{"type":"subscribe","channel":"secret"}')
    await socket.take(2)
    for (const ask of [
      { path: '/events?channel=a' },
      { path: '/poll?channel=a', headers: mary },
      { path: '/events?channel=a', headers: bob },
      { path: '/events', method: 'POST', headers: json, body: '{' },
      {
        path: '/poll',
        method: 'POST',
        headers: json,
        body: '{"commands":[{"type":"publish","channel":"a","data":1}]}',
      },
      { path: '/events', method: 'DELETE', headers: mary },
    ]) {
      const reading = await readStream(port, ask)
      await reading.over
    }
    await (
      await openSocket(port, '/ws', { headers: { Cookie: 'session=expired' } })
    ).over
    await refusedUpgrade(port, '/ws', { Origin: 'https://elsewhere.example' })
    void realtime.close({ drainMs: 50 })
    await (
      await readStream(port, { path: '/poll?channel=a', headers: mary })
    ).over
    const ip = '127.0.0.1'
    const refused = (transport: string, asked: string, status: number, code: string, userId?: string) => [
      'refused',
      { transport, asked, status, code, ip, userId },
    ]
    expect(calls).toEqual([
      refused('websocket', 'command', 403, 'FORBIDDEN', 'mary'),
      refused('sse', 'request', 401, 'UNAUTHORIZED'),
      refused('polling', 'request', 429, 'TOO_MANY_CONNECTIONS', 'mary'),
      refused('sse', 'request', 403, 'FORBIDDEN', 'bob'),
      refused('sse', 'request', 400, 'BAD_REQUEST', 'mary'),
      refused('polling', 'command', 403, 'FORBIDDEN', 'mary'),
      refused('sse', 'request', 405, 'METHOD_NOT_ALLOWED'),
      refused('websocket', 'request', 401, 'UNAUTHORIZED'),
      refused('websocket', 'request', 403, 'FORBIDDEN'),
      refused('polling', 'request', 503, 'UNAVAILABLE'),
    ])
    expect(realtime.metrics()).toContain(
      'steadystream_refused_total{transport="polling",asked="request",status="503",code="unavailable"} 1\n',
    )
  })

  it.each([
    ['publish', (realtime: Realtime) => realtime.publish('a', 1)],
    ['complete', (realtime: Realtime) => realtime.complete('a')],
  ] as const)('tell of a backplane that fails to %s', async (stage, act) => {
    const { on, calls } = recordHooks()
    const error = new Error('no broker')
    const backplane: Backplane = { ...memoryBackplane(), [stage]: () => Promise.reject(error) }
    const realtime = createRealtime({ backplane, on })
    await expect(act(realtime)).rejects.toBe(error)
    expect(calls).toEqual([['backplaneError', { stage, channel: 'a', error }]])
    await realtime.close()
  })

  it.each(['subscribe', 'read'] as const)('tell of a backplane that fails to %s for a client', async (stage) => {
    const { on, calls } = recordHooks()
    const error = new Error('no broker')
    const backplane: Backplane = { ...memoryBackplane(), [stage]: () => Promise.reject(error) }
    const { port } = await serveChannel({ backplane, on: { backplaneError: on.backplaneError } })
    const reading = await readStream(port)
    expect(reading.status).toBe(503)
    expect(calls).toEqual([['backplaneError', { stage, channel: 'job:7', error }]])
  })

  it('tell of no failure where the contract has the backplane refuse', async () => {
    const { on, calls } = recordHooks()
    const realtime = createRealtime({ on })
    await realtime.complete('a')
    await expect(realtime.publish('a', 1)).rejects.toMatchObject({ code: 'CHANNEL_COMPLETED' })
    await realtime.close()
    expect(calls).toEqual([])
  })

  it('change nothing by throwing or rejecting, which is logged', async () => {
    const errors: object[] = []
    const ignore = () => {}
    const logger = { debug: ignore, info: ignore, warn: ignore, error: (fields: object) => void errors.push(fields) }
    const { realtime, port } = await serveChannel({
      logger,
      on: {
        opened() {
          throw new Error('opened')
        },
        published: () => Promise.reject(new Error('published')),
      },
    })
    const reading = await readStream(port)
    await reading.take(1)
    await realtime.publish({ type: 'job', id: '7' }, 1)
    expect((await reading.take(1))[0]?.data).toBe(1)
    expect(errors).toMatchObject([
      { hook: 'opened', err: { message: 'opened' } },
      { hook: 'published', err: { message: 'published' } },
    ])
  })

  it('must be functions with known names', () => {
    // @ts-expect-error no such hook
    expect(() => createRealtime({ on: { open: () => {} } })).toThrow('on.open is not an option; known: opened, closed')
    // @ts-expect-error no function
    expect(() => createRealtime({ on: { opened: 1 } })).toThrow('on.opened must be a function, got 1')
  })
})
