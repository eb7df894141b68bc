import { describe, expect, it, onTestFinished } from 'vitest'

import { createRealtime } from '../../src/index.ts'
import { readStream } from '../support/read-stream.ts'
import { serve } from '../support/serve.ts'

import type { FetchStatsRoute, RealtimeOptions, StatsRoute } from '../../src/index.ts'

async function askStats(options: RealtimeOptions, route?: StatsRoute, ask: object = {}) {
  const served = await serve((realtime, req, res) => realtime.serveStats(req, res, route), options)
  const reading = await readStream(served.port, ask)
  await reading.over
  return { ...served, status: reading.status, headers: reading.headers, text: reading.text() }
}

const admins: RealtimeOptions = {
  authenticate: ({ token }) => (token ? { userId: token } : undefined),
  authorize: (principal, action, channel) => action === 'stats' && !channel && principal?.userId === 'admin',
}
const as = (user: string) => ({ headers: { Authorization: `Bearer ${user}` } })

describe('serving the stats', () => {
  it('security 24: shows them to nobody where there is no authorize', async () => {
    const { status, text } = await askStats({})
    expect([status, JSON.parse(text)]).toEqual([
      403,
      { error: { code: 'FORBIDDEN', message: 'the stats are not for you' } },
    ])
  })

  it.each([
    [401, {}],
    [403, as('mary')],
    [200, as('admin')],
  ])('security 24: answers %i as authenticate and authorize have it', async (expected, ask) => {
    const { status, text } = await askStats(admins, undefined, ask)
    expect([status, text.includes('totalConnections')]).toEqual([expected, expected === 200])
  })

  it('shows them to everybody where that is asked for', async () => {
    const { status, headers, text } = await askStats(admins, { open: true })
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'application/json; charset=utf-8',
      'private, no-store',
    ])
    expect(JSON.parse(text)).toMatchObject({ status: 'healthy', sse: { totalConnections: 0 } })
  })

  it('shows them in answer to a web-standard request, too', async () => {
    const asked: unknown[] = []
    const realtime = createRealtime({
      authenticate: ({ token, ip }) => (asked.push(ip), token ? { userId: token } : undefined),
      authorize: (principal) => principal?.userId === 'admin',
    })
    onTestFinished(() => realtime.close())
    const ask = (user: string, route?: FetchStatsRoute) =>
      realtime.serveStats(new Request('http://a.example/stats', as(user)), route)
    const shown = await ask('admin', { remoteAddress: '192.0.2.7' })
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
    expect(await shown.json()).toMatchObject({ status: 'healthy', sse: { totalConnections: 0 } })
    expect((await ask('mary')).status).toBe(403)
    expect((await ask('mary', { open: true })).status).toBe(200)
    expect(asked).toEqual(['192.0.2.7', undefined])
  })

  it('shows them also while the server drains and has no place left', async () => {
    const { realtime, port } = await serve(
      (self, req, res) => {
        if (req.url === '/stats') self.serveStats(req, res, { open: true })
        else self.node(req, res, { channel: 'a' })
      },
      { limits: { connections: 1 } },
    )
    await (await readStream(port)).take(1)
    const closing = realtime.close({ drainMs: 0 })
    const reading = await readStream(port, { path: '/stats' })
    await reading.over
    expect(JSON.parse(reading.text())).toMatchObject({ status: 'draining' })
    await closing
  })

  it('refuses other methods, and a broken authorize tells nothing', async () => {
    const wrong = await askStats({}, { open: true }, { method: 'DELETE' })
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'GET, OPTIONS'])
    const authorize = () => Promise.reject(new Error('hunter2'))
    const broken = await askStats({ authorize })
    expect([broken.status, broken.text.includes('hunter2')]).toEqual([500, false])
  })
})
