import { gzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { listen, runDoctor } from '../support/run-doctor.ts'
import { serve } from '../support/serve.ts'

import type { IncomingMessage, ServerResponse } from 'node:http'

const sse = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' }

/** Five events with ids, a moment apart; after a Last-Event-ID, those that follow it. */
function plainStream(req: IncomingMessage, res: ServerResponse, withIds = true): void {
  res.writeHead(200, sse).write(': hi\n\n')
  let next = Number(req.headers['last-event-id'] ?? 0) + 1
  const timer = setInterval(() => {
    res.write(`${withIds ? `id: ${next}\n` : ''}data: event ${next}\n\n`)
    if (++next > 5) clearInterval(timer)
  }, 10)
  res.on('close', () => clearInterval(timer))
}

describe('the doctor, at any SSE server', () => {
  it('finds all well where it is, and says what cannot be judged', async () => {
    const port = await listen((req, res) => plainStream(req, res))
    const { code, outcomes } = await runDoctor(port, '--sse', '/')
    expect(outcomes).toEqual({
      reach: 'pass',
      stream: 'pass',
      caching: 'pass',
      compression: 'pass',
      'first byte': 'pass',
      buffering: 'pass',
      heartbeat: 'pass',
      ids: 'pass',
      resume: 'pass',
      gap: 'skip',
      cors: 'pass',
      websocket: 'skip',
      polling: 'skip',
      stats: 'skip',
    })
    expect(code).toBe(0)
  })

  it('goes nowhere else with credentials, whatever the answer to a trigger says', async () => {
    const asked: (string | undefined)[] = []
    const elsewhere = await listen(({ headers }, res) => {
      asked.push(headers.authorization)
      res.end()
    })
    // Parsers of URLs pass over tabs.
    const port = await listen((_req, res) => res.end(`{"streamUrl":"/\t/127.0.0.1:${elsewhere}/events"}`))
    const { of } = await runDoctor(port, '--trigger', 'POST /start', '--token', 'secret')
    expect([asked, of('stream')?.detail]).toEqual([[], 'there is none to examine'])
  })

  it('takes the address for the stream where it has a path', async () => {
    const port = await listen((req, res) => {
      if (req.url === '/deep/stream?a=1') plainStream(req, res)
      else res.writeHead(404).end()
    })
    const diagnosis = await runDoctor(port, '--sse', '/deep/stream?a=1')
    expect(diagnosis.of('stream')?.detail).toBe('200, text/event-stream')
  })

  it('waits for what follows a position that is honoured, where it comes in a packet of its own', async () => {
    const port = await listen((req, res) => {
      const position = req.headers['last-event-id']
      const connected = { clientId: 'sse_1', heartbeatInterval: 50, ...(position && { recovered: true }) }
      res
        .writeHead(200, sse)
        .write(`: hi\n\nid: e:0\nevent: steadystream.connected\ndata: ${JSON.stringify(connected)}\n\n`)
      const timer = setTimeout(() => res.write('id: e:1\ndata: {}\n\n'), 60)
      res.on('close', () => clearTimeout(timer))
    })
    const diagnosis = await runDoctor(port, '--sse', '/')
    expect(diagnosis.of('resume')).toMatchObject({ detail: 'the event after the position is sent again' })
  })

  it('warns of events without ids', async () => {
    const port = await listen((req, res) => plainStream(req, res, false))
    const diagnosis = await runDoctor(port, '--sse', '/')
    expect([diagnosis.code, diagnosis.of('ids')]).toMatchObject([
      0,
      { outcome: 'warn', detail: expect.stringMatching(/^none in [1-5] events$/) },
    ])
  })

  it('fails one that has ids and does not resume', async () => {
    const port = await listen((req, res) => {
      const since = Number(req.headers['last-event-id'] ?? 0)
      // Takes the id for where the client begins to count anew.
      res.writeHead(200, sse).write(`id: ${since + 10}\ndata: 1\n\nid: ${since + 20}\ndata: 2\n\n`)
    })
    const diagnosis = await runDoctor(port, '--sse', '/')
    expect(diagnosis.of('resume')).toMatchObject({
      outcome: 'fail',
      detail: 'the event after the id is not sent again',
    })
  })

  it('warns of silence', async () => {
    const port = await listen((_, res) => res.writeHead(200, sse).flushHeaders())
    const diagnosis = await runDoctor(port, '--sse', '/')
    expect([diagnosis.of('first byte')?.outcome, diagnosis.of('heartbeat')]).toMatchObject([
      'warn',
      { outcome: 'warn', detail: 'nothing within 0.3 s' },
    ])
  })

  it.each([
    ['the wrong content type', 200, { 'Content-Type': 'text/plain' }, 'the content type is text/plain'],
    ['JSON', 200, { 'Content-Type': 'application/json' }, 'the content type is application/json'],
    ['no content type', 200, {}, 'the content type is none'],
    ['401', 401, sse, 'the answer is 401'],
    ['404', 404, {}, 'the answer is 404'],
    ['a redirect', 302, { Location: '/login' }, 'the answer is 302'],
    ['204', 204, {}, 'the answer is 204'],
  ])('fails %s, with a cure, and asks nothing more', async (_, status, headers, detail) => {
    let asked = 0
    const port = await listen((req, res) => {
      asked += Number(req.url === '/events')
      res.writeHead(status, headers).end()
    })
    const diagnosis = await runDoctor(port, '--sse', '/events')
    expect(diagnosis.of('stream')).toEqual({ check: 'stream', outcome: 'fail', detail, cure: expect.any(String) })
    expect([diagnosis.code, asked]).toEqual([1, 1])
  })

  it('fails compression', async () => {
    const port = await listen((req, res) => {
      if (!/gzip/.test(req.headers['accept-encoding'] ?? '')) return plainStream(req, res)
      res.writeHead(200, { ...sse, 'Content-Encoding': 'gzip' }).write(gzipSync('data: 1\n\n'))
    })
    const diagnosis = await runDoctor(port, '--sse', '/')
    expect(diagnosis.of('compression')).toMatchObject({ outcome: 'fail', detail: expect.stringContaining('(gzip)') })
  })

  it.each([
    ['no Cache-Control', { 'Content-Type': 'text/event-stream' }, 'fail'],
    ['one that lets caches keep it', { 'Content-Type': 'text/event-stream', 'Cache-Control': 'max-age=60' }, 'fail'],
    ['one that lets proxies compress', { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' }, 'warn'],
  ])('judges the caching: %s', async (_, headers, outcome) => {
    const port = await listen((_req, res) => res.writeHead(200, headers).write(': hi\n\n'))
    expect((await runDoctor(port, '--sse', '/')).of('caching')?.outcome).toBe(outcome)
  })

  it('fails a server that lets every origin read with cookies', async () => {
    const port = await listen((req, res) => {
      const { origin } = req.headers
      if (origin) res.setHeader('Access-Control-Allow-Origin', origin)
      res.setHeader('Access-Control-Allow-Credentials', 'true')
      plainStream(req, res)
    })
    expect((await runDoctor(port, '--sse', '/')).of('cors')?.outcome).toBe('fail')
  })

  it('fails polls that are none, and a WebSocket that is not there', async () => {
    const port = await listen((_, res) => res.end('[]'))
    const { of } = await runDoctor(port, '--poll', '/poll', '--ws', '/ws')
    expect([of('polling')?.detail, of('websocket')?.detail]).toEqual([
      'the answer is no `{ events, positions }`',
      'the upgrade is answered 200: it did not reach the server as one',
    ])
  })

  it('says what is wrong where nobody answers, and asks nothing more', async () => {
    const port = await listen(() => {})
    const silent = await runDoctor(port)
    expect(silent.findings).toMatchObject([{ check: 'reach', outcome: 'fail', detail: 'no answer within 0.4 s' }])
    const refused = await runDoctor(1)
    expect(refused.findings).toMatchObject([{ check: 'reach', outcome: 'fail' }])
    expect(refused.findings[0]?.detail).toContain('ECONNREFUSED')
  })
})

describe('the doctor, behind a proxy that buffers', () => {
  it('names one that holds the first bytes back', async () => {
    const { port } = await serve((realtime, req, res) => {
      const write = res.write.bind(res)
      const held: Uint8Array[] = []
      res.setHeader('Server', 'nginx/1.22.1')
      // Until there are 4 KiB of it, as nginx does.
      res.write = ((chunk: Uint8Array) => {
        held.push(chunk)
        const all = Buffer.concat(held)
        return all.length < 4096 || write(all)
      }) as typeof res.write
      realtime.node(req, res, { channel: 'a' })
    })
    const diagnosis = await runDoctor(port, '--sse', '/events', '--timeout', '1')
    expect(diagnosis.of('first byte')).toEqual({
      check: 'first byte',
      outcome: 'fail',
      detail: 'none within 1 s: nginx buffers the stream',
      cure: expect.stringContaining('proxy_buffering off'),
    })
  })

  it('names one that hands events on in lumps', async () => {
    const port = await listen((_, res) => {
      res.writeHead(200, { ...sse, Via: '1.1 cache7' }).write(': hi\n\n')
      const at = Date.now()
      const stamped = [0, 1000, 2000].map((ms) => `data: {"timestamp":"${new Date(at + ms).toISOString()}"}\n\n`)
      setTimeout(() => res.write(stamped.join('')), 60)
    })
    expect((await runDoctor(port, '--sse', '/')).of('buffering')).toMatchObject({
      outcome: 'fail',
      detail: '3 events that were made 2.0 s apart came in one lump: a proxy (Via: 1.1 cache7) buffers the stream',
    })
  })
})
