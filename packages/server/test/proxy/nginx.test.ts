import { createEnhancedSSEStream } from '@steadystream/core'
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'

import { memoryBackplane } from '../../src/index.ts'
import { startNginx } from '../support/nginx.ts'
import { nginxSnippet } from '../support/nginx-doc.ts'
import { openSocket } from '../support/open-socket.ts'
import { readBody } from '../support/read-body.ts'
import { runDoctor } from '../support/run-doctor.ts'
import { serveAll } from '../support/serve-socket.ts'

import type { RealtimeOptions } from '../../src/index.ts'

const nginx = inject('nginxPath')

/** What is set beside the documented configuration, for the worse. */
const carelessGzip = 'gzip on; gzip_types *; gzip_min_length 0; gzip_proxied any;\n'

/** Over HTTP/1.0, its default, nginx buffers in earnest: a piece waits until there is a buffer full of them. */
function overHttp10(snippet: string): string {
  return snippet.replaceAll(/^ *(proxy_http_version 1\.1|proxy_set_header (Upgrade|Connection) .*);\n/gm, '')
}

/** Whether the answer is compressed, by the configuration that it went through. */
const configurations: [string, (upstream: number) => string, string | null][] = [
  ['buffering on', (upstream) => nginxSnippet('nginx', [upstream]), null],
  ['buffering on, over HTTP/1.0', (upstream) => overHttp10(nginxSnippet('nginx', [upstream])), null],
  ['buffering off, over HTTP/1.0', (upstream) => overHttp10(nginxSnippet('nginx-unbuffered', [upstream])), null],
  ['buffering off', (upstream) => nginxSnippet('nginx-unbuffered', [upstream]), null],
  ['gzip on', (upstream) => nginxSnippet('nginx-gzip', [upstream]), null],
  ['gzip on for all types', (upstream) => carelessGzip + nginxSnippet('nginx', [upstream]), 'gzip'],
]

async function serveBehind(configure: (upstream: number) => string, options: RealtimeOptions = {}) {
  const served = await serveAll({ heartbeat: { intervalMs: 100 }, ...options })
  return { ...served, port: await startNginx(nginx, configure(served.port)) }
}

function get(port: number, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/events`, { headers: { Accept: 'text/event-stream', ...headers } })
}

describe.skipIf(!nginx).each(configurations)('behind nginx with %s', (_, configure, encoding) => {
  it('events arrive as they are sent', async () => {
    const { realtime, port } = await serveBehind(configure)
    const response = await get(port)
    expect(response.headers.get('content-encoding')).toBe(encoding)
    const reading = readBody(response)
    await reading.take(1)
    for (const n of [1, 2, 3, 4, 5]) {
      // The next one is published when this one is here: one that waits for another would wait for ever.
      await realtime.publish('a', n)
      expect((await reading.take(1))[0]?.data).toBe(n)
    }
    await reading.cancel()
    await vi.waitFor(() => expect([...realtime.sessions]).toEqual([]))
  })

  it('a client that comes back gets what it missed', async () => {
    const { realtime, port } = await serveBehind(configure)
    const { epoch } = await realtime.publish('a', 1)
    await realtime.publish('a', 2)
    const reading = readBody(await get(port, { 'Last-Event-ID': `${epoch}:1` }))
    const [connected, event] = await reading.take(2)
    expect([connected?.data, event?.data]).toEqual([expect.objectContaining({ recovered: true }), 2])
    await reading.cancel()
  })

  it('a server that drains tells its clients, and ends', async () => {
    const { realtime, port } = await serveBehind(configure)
    const readings = await Promise.all([1, 2, 3].map(async () => readBody(await get(port))))
    for (const reading of readings) await reading.take(1)
    void realtime.publish('a', 'last words')
    await realtime.close({ drainMs: 100 })
    for (const reading of readings) {
      expect((await reading.rest()).map(({ event, data }) => event ?? data)).toEqual([
        'last words',
        'steadystream.close',
      ])
    }
  })
})

describe.skipIf(!nginx)('behind nginx', () => {
  it('WebSockets and polls pass', async () => {
    const { realtime, port } = await serveBehind((upstream) => nginxSnippet('nginx', [upstream]))
    const socket = await openSocket(port)
    await socket.take(2)
    const { epoch } = await realtime.publish('a', 1)
    expect(await socket.take(1)).toEqual([{ type: 'event', channel: 'a', position: `${epoch}:1`, data: 1 }])
    const answer = fetch(`http://127.0.0.1:${port}/poll?since=${epoch}:1&wait=20`)
    await vi.waitFor(() => expect(realtime.stats().polling.totalConnections).toBe(1))
    await realtime.publish('a', 2)
    expect(await (await answer).json()).toMatchObject({ positions: { a: `${epoch}:2` } })
  })

  it('clients of an instance that drains go on at the other one, and miss nothing', async () => {
    const shared = memoryBackplane()
    const backplane = { ...shared, close: async () => {} }
    const instances = [await serveAll({ backplane }), await serveAll({ backplane })]
    const port = await startNginx(
      nginx,
      nginxSnippet(
        'nginx',
        instances.map((instance) => instance.port),
      ),
    )
    const received: unknown[] = []
    const gaps: unknown[] = []
    const streams = Array.from({ length: 6 }, (_, client) =>
      createEnhancedSSEStream<number>(
        `http://127.0.0.1:${port}/events?client=${client}`,
        {
          onData: (n) => void received.push(`${client}: ${n}`),
          onGap: (gap) => void gaps.push(gap),
        },
        { maxRetries: 20, retryDelay: 200 },
      ),
    )
    onTestFinished(() => streams.forEach((stream) => stream.close()))
    const [first, second] = instances
    await vi.waitFor(() =>
      expect([first, second].map((one) => [...(one?.realtime.sessions ?? [])].length)).toEqual([3, 3]),
    )
    let last = 0
    const publishing = setInterval(() => void second?.realtime.publish('a', ++last), 5)
    await first?.realtime.close({ drainMs: 200 })
    await vi.waitFor(() => expect([...(second?.realtime.sessions ?? [])]).toHaveLength(6), { timeout: 10_000 })
    clearInterval(publishing)
    const all = streams.flatMap((_, client) => Array.from({ length: last }, (_n, index) => `${client}: ${index + 1}`))
    await vi.waitFor(() => expect(received).toHaveLength(all.length), { timeout: 5000 })
    const inOrder = streams.map((_, client) => received.filter((line) => String(line).startsWith(`${client}:`)))
    expect([inOrder.flat(), gaps]).toEqual([all, []])
  }, 20_000)

  it('the doctor finds all well', async () => {
    const { port } = await serveBehind((upstream) => nginxSnippet('nginx', [upstream]))
    const diagnosis = await runDoctor(port, '--sse', '/events', '--ws', '/ws', '--poll', '/poll')
    expect(diagnosis.findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')).toEqual([])
    expect(diagnosis.code).toBe(0)
  })

  it('the doctor names one that buffers', async () => {
    const { port } = await serveBehind((upstream) =>
      overHttp10(nginxSnippet('nginx', [upstream])).replace(
        'location / {',
        '$&\nproxy_ignore_headers X-Accel-Buffering;',
      ),
    )
    const diagnosis = await runDoctor(port, '--sse', '/events', '--timeout', '1')
    expect([diagnosis.code, diagnosis.of('stream')]).toEqual([
      1,
      {
        check: 'stream',
        outcome: 'fail',
        detail: 'no headers within 1 s: nginx buffers the stream',
        cure: expect.stringContaining('proxy_buffering off'),
      },
    ])
  })

  it('the doctor sees compression, and WebSockets that do not pass', async () => {
    const { port } = await serveBehind((upstream) => carelessGzip + overHttp10(nginxSnippet('nginx', [upstream])))
    const diagnosis = await runDoctor(port, '--sse', '/events', '--ws', '/ws')
    expect([diagnosis.of('compression'), diagnosis.of('websocket')]).toMatchObject([
      { outcome: 'fail', detail: expect.stringContaining('(gzip)') },
      { outcome: 'fail', cure: expect.stringContaining('proxy_set_header Upgrade') },
    ])
  })
})
