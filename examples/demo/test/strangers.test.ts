import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeFolders } from './demo-process.ts'
import { startServer } from './demo-server.ts'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { DemoServer } from '../src/server.ts'

let server: DemoServer
let restarts: string[]

beforeAll(async () => {
  restarts = []
  server = await startServer({ settings: { paceMs: 10_000 }, restart: (kind) => void restarts.push(kind) })
})

afterAll(async () => {
  await server.close()
  await removeFolders()
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Not `fetch`, which lets nobody choose the headers that browsers write. */
function ask(path: string, headers: OutgoingHttpHeaders = {}, body?: object): Promise<Answer> {
  const method = body ? 'POST' : 'GET'
  const all = { Host: `localhost:${server.port}`, ...(body && { 'Content-Type': 'application/json' }), ...headers }
  return new Promise((resolve, reject) => {
    const asked = request({ port: server.port, host: '127.0.0.1', path, method, headers: all }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }))
    })
    asked.on('error', reject)
    asked.end(body && JSON.stringify(body))
  })
}

const serverWide = [
  ['/api/lab/restart', { kind: 'drain' }],
  ['/api/lab/cut-all', {}],
  ['/api/chat/block-sse', { blocked: true }],
] as const

describe('a stranger', () => {
  it.each([
    ['a page of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a page of a neighbour', { 'Sec-Fetch-Site': 'same-site' }],
    ['a page of another site, in an old browser', { Origin: 'https://elsewhere.example' }],
    ['a page without an origin', { Origin: 'null' }],
  ])('has nothing done by %s in a visitor’s browser', async (_, headers) => {
    for (const path of ['/api/generate-video', '/api/session', '/api/lab/restart', '/api/lab/links']) {
      expect((await ask(path, headers, {})).status).toBe(403)
    }
    expect(restarts).toEqual([])
  })

  it.each([
    ['who comes over a proxy', { 'X-Forwarded-For': '203.0.113.7' }],
    ['who hides behind the proxy’s own address', { 'X-Forwarded-For': '127.0.0.1, 203.0.113.7' }],
    ['whose page has a name that was made to mean this machine', { Host: 'rebound.example:8000' }],
  ])('%s neither restarts the server, nor cuts others off, nor reads who they are', async (_, headers) => {
    for (const [path, body] of serverWide) expect((await ask(path, headers, body)).status).toBe(403)
    expect((await ask('/api/lab/server-log', headers)).status).toBe(403)
    expect(JSON.parse((await ask('/api/session', headers)).text)).toMatchObject({ mayControl: false })
    expect(restarts).toEqual([])
  })

  it('sees how much there is, and no names', async () => {
    const controller = new AbortController()
    const stream = await fetch(`http://localhost:${server.port}/api/stream/alerts/ann?userId=ann`, controller)
    const near = (await ask('/api/realtime/stats')).text
    const far = (await ask('/api/realtime/stats', { 'X-Forwarded-For': '203.0.113.7' })).text
    controller.abort()
    expect(stream.status).toBe(200)
    expect(near).toContain('alerts:@ann')
    expect(near).toMatch(/sse_[\w-]{8}/)
    expect(far).not.toContain('@ann')
    expect(far).not.toMatch(/sse_[\w-]{8}/)
    const only = { channel: 'alerts', subscribers: 1 }
    expect(JSON.parse(far)).toMatchObject({ sse: { totalConnections: 1 }, channels: { channels: [only] } })
  })

  it('gets no more of a rough server than there is, wherever he says he has been', async () => {
    const rough = await ask('/api/lab/rough/visitor01/stream?manner=steady', { 'Last-Event-ID': '-1e9' })
    expect(rough.text.match(/^id: /gm)).toHaveLength(20)
    expect((await ask('/api/lab/rough/visitor01/stream?manner=steady', { 'Last-Event-ID': '1e999' })).status).toBe(204)
  })

  it('has no more worked on at a time than the server can bear, however fast he asks', async () => {
    const accepted = async (path: string, bodies: readonly object[]) =>
      (await Promise.all(bodies.map((body) => ask(path, {}, body))))
        .map(({ status = 0 }) => status)
        .sort((a, b) => a - b)
    const times = (count: number, status: number) => Array<number>(count).fill(status)
    const many = Array.from({ length: 45 }, () => ({ topic: 'floods' }))
    expect(await accepted('/api/autopilot', many)).toEqual([...times(40, 202), ...times(5, 429)])
    const council = await ask('/api/stream/council-score?transcript=Look')
    expect([council.status, council.headers['retry-after']]).toEqual([429, '5'])
    const videos = Array.from({ length: 12 }, () => ({ frames: 300 }))
    expect(await accepted('/api/generate-video', videos)).toEqual([...times(8, 202), ...times(4, 429)])
  })

  it('sets no bounds that there are not', async () => {
    for (const name of ['toString', '__proto__', 'max']) {
      const thresholds = JSON.parse(`{"${name}":5}`) as object
      expect((await ask('/api/campaigns/spring', {}, { thresholds })).status).toBe(400)
    }
  })

  it('does what he likes where he is let, and the machine itself always does', async () => {
    const own = { 'Sec-Fetch-Site': 'same-origin', Origin: `http://localhost:${server.port}` }
    expect((await ask('/api/lab/restart', own, { kind: 'drain' })).status).toBe(202)
    await expect.poll(() => restarts).toEqual(['drain'])
    expect((await ask('/api/lab/server-log', own)).status).toBe(200)
  })
})
