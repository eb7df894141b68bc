import { connect, constants, createSecureServer, createServer } from 'node:http2'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { WebSocket } from 'ws'

import { createRealtime } from '../../src/index.ts'
import { certificate } from '../support/certificate.ts'

import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo, LookupFunction } from 'node:net'
import type { RealtimeOptions } from '../../src/index.ts'

async function serveHttp2(options: RealtimeOptions = {}) {
  const realtime = createRealtime(options)
  const server = createServer((req, res) => {
    if (req.url.startsWith('/poll')) realtime.poll(req, res, { channel: 'a' })
    else if (req.url === '/ticks') realtime.stream(req, res, (send) => send('tick'))
    else realtime.node(req, res, { channel: 'a' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  client.on('error', () => {})
  onTestFinished(async () => {
    client.destroy()
    await realtime.close()
    await new Promise((resolve) => server.close(resolve))
  })
  return { realtime, server, client }
}

/** The certificate is for a name, the server at an address. */
const lookup: LookupFunction = (_, __, found) => found(null, [{ address: '127.0.0.1', family: 4 }])

interface Answer {
  readonly stream: ClientHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly text: () => string
  readonly over: Promise<void>
}

async function ask(client: ClientHttp2Session, path: string, method = 'GET'): Promise<Answer> {
  const stream = client.request({ ':path': path, ':method': method })
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  stream.on('error', () => {})
  const over = new Promise<void>((resolve) => stream.on('close', resolve))
  const headers = await new Promise<IncomingHttpHeaders>((resolve) => stream.on('response', resolve))
  return { stream, headers, text: () => text, over }
}

describe('HTTP/2', () => {
  it('stands beside WebSockets on one port, which come over HTTP/1.1', async () => {
    const realtime = createRealtime()
    const server = createSecureServer({ ...certificate, allowHTTP1: true }, (req, res) => {
      realtime.node(req, res, { channel: 'a' })
    })
    realtime.attachWebSocket(server, { path: '/ws', channel: () => 'a' })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = connect(`https://localhost:${port}`, { ca: certificate.cert, lookup })
    const socket = new WebSocket(`wss://localhost:${port}/ws`, 'steadystream.v1', { ca: certificate.cert, lookup })
    onTestFinished(async () => {
      client.destroy()
      socket.terminate()
      await realtime.close()
      await new Promise((resolve) => server.close(resolve))
    })
    const frames: string[] = []
    socket.on('message', (data: Buffer) => frames.push(data.toString()))
    const stream = await ask(client, '/events')
    await vi.waitFor(() => expect(frames).toHaveLength(1))
    const { epoch } = await realtime.publish('a', 'to both')
    const envelope = { type: 'event', channel: 'a', position: `${epoch}:1`, data: 'to both' }
    await vi.waitFor(() => expect(JSON.parse(frames[1] ?? '0')).toEqual(envelope))
    await vi.waitFor(() => expect(stream.text()).toContain('data: "to both"'))
  })

  it('security 35: streams a channel without hop-by-hop headers', async () => {
    const { realtime, client } = await serveHttp2()
    const answer = await ask(client, '/events')
    expect(answer.headers).toMatchObject({
      ':status': 200,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store, no-transform',
    })
    for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'upgrade']) {
      expect(answer.headers).not.toHaveProperty(name)
    }
    await realtime.publish('a', 'over h2')
    await vi.waitFor(() => expect(answer.text()).toContain('data: "over h2"\n\n'))
    await realtime.complete('a')
    await answer.over
    expect(answer.text()).toMatch(/event: steadystream\.complete\ndata: \{\}\n\n$/)
    expect([...realtime.sessions]).toEqual([])
  })

  it('answers polls, producers and refusals', async () => {
    const { realtime, client } = await serveHttp2()
    const { epoch } = await realtime.publish('a', 1)
    const [poll, ticks, wrong] = await Promise.all([
      ask(client, '/poll?from=start'),
      ask(client, '/ticks', 'POST'),
      ask(client, '/events?from=there'),
    ])
    await Promise.all([poll.over, ticks.over, wrong.over])
    expect(JSON.parse(poll.text())).toMatchObject({ positions: { a: `${epoch}:1` } })
    expect(ticks.text()).toContain('data: "tick"\n\n')
    expect([wrong.headers[':status'], JSON.parse(wrong.text())]).toMatchObject([
      400,
      { error: { code: 'BAD_REQUEST' } },
    ])
  })

  it('security 35: counts the streams of one connection, each for itself', async () => {
    const { realtime, client } = await serveHttp2({ limits: { connections: 3 } })
    const open = await Promise.all([ask(client, '/1'), ask(client, '/2'), ask(client, '/3')])
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(3))
    const refused = await ask(client, '/4')
    expect(refused.headers).toMatchObject({ ':status': 503, 'retry-after': '5' })
    open[0]?.stream.close()
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(2))
    expect((await ask(client, '/5')).headers[':status']).toBe(200)
  })

  it.each([
    ['NO_ERROR', constants.NGHTTP2_NO_ERROR],
    ['CANCEL', constants.NGHTTP2_CANCEL],
    ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR],
  ])('security 35: survives streams that are reset with %s as fast as they open', async (_, code) => {
    const { realtime, client } = await serveHttp2()
    for (let i = 0; i < 200; i++) {
      const stream = client.request({ ':path': `/${i}` })
      stream.on('error', () => {})
      stream.close(code)
    }
    const last = await ask(client, '/last')
    expect(last.headers[':status']).toBe(200)
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(1))
    last.stream.close(code)
    await vi.waitFor(() => expect([...realtime.sessions]).toEqual([]))
  })

  it('notices that the whole connection is gone', async () => {
    const { realtime, client } = await serveHttp2()
    await Promise.all([ask(client, '/1'), ask(client, '/2')])
    client.destroy()
    await vi.waitFor(() => expect([...realtime.sessions]).toEqual([]))
    expect(realtime.stats().channels.activeChannels).toBe(0)
  })

  it('cuts a session, and only that', async () => {
    const { realtime, client } = await serveHttp2()
    const cut = await ask(client, '/1')
    const kept = await ask(client, '/2')
    const [first] = realtime.sessions
    first?.destroy()
    await cut.over
    await realtime.publish('a', 'still here')
    await vi.waitFor(() => expect(kept.text()).toContain('still here'))
  })

  it('cuts off a client that does not read', async () => {
    const { realtime, client } = await serveHttp2({ limits: { queuedBytes: 128 * 1024 } })
    const answer = await ask(client, '/1')
    answer.stream.pause()
    for (let i = 0; [...realtime.sessions].length > 0; i++) {
      expect(i).toBeLessThan(1000)
      await realtime.publish('a', 'x'.repeat(64 * 1024))
      await new Promise((resolve) => setImmediate(resolve))
    }
  })

  it('closes with streams open', async () => {
    const { realtime, server, client } = await serveHttp2()
    const answers = await Promise.all([ask(client, '/1'), ask(client, '/2')])
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(2))
    await realtime.close()
    for (const answer of answers) {
      await answer.over
      expect(answer.text()).toContain('event: steadystream.close')
    }
    client.close()
    await new Promise((resolve) => server.close(resolve))
  })
})
