import { describe, expect, it } from 'vitest'

import { readStream } from './support/read-stream.ts'
import { frameworks, serve } from './support/serve.ts'

const origin = 'https://app.example'

describe.each(frameworks)('CORS over %s', (kind) => {
  function serveShared() {
    return serve(
      (realtime, req, res) => {
        res.setHeader('Vary', 'Cookie')
        realtime.node(req, res, { channel: 'a' })
      },
      { cors: { origins: [origin], credentials: true } },
      kind,
    )
  }

  it('security 4: lets a listed origin read, with what the answer varies by beside what is there', async () => {
    const { port } = await serveShared()
    const { status, headers } = await readStream(port, { headers: { Origin: origin } })
    expect([status, headers]).toMatchObject([
      200,
      {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Retry-After',
        vary: 'Cookie, Origin',
      },
    ])
  })

  it('security 4: says nothing to another origin', async () => {
    const { port } = await serveShared()
    const { headers } = await readStream(port, { headers: { Origin: `${origin}.evil.test` } })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(headers.vary).toBe('Cookie, Origin')
  })

  it('answers a preflight', async () => {
    const { port } = await serveShared()
    const { status, headers } = await readStream(port, { method: 'OPTIONS', headers: { Origin: origin } })
    expect([status, headers]).toMatchObject([
      204,
      {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, OPTIONS',
        'access-control-allow-headers': 'Last-Event-ID, Authorization, Content-Type, Cache-Control',
        'access-control-max-age': '7200',
      },
    ])
  })

  it('lets a listed origin read a refusal', async () => {
    const { port } = await serveShared()
    const { status, headers } = await readStream(port, { method: 'PUT', headers: { Origin: origin } })
    expect([status, headers['access-control-allow-origin']]).toEqual([405, origin])
  })
})
