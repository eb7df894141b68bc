import { describe, expect, it } from 'vitest'

import { runDoctor } from '../support/run-doctor.ts'
import { serveAll } from '../support/serve-socket.ts'
import { serve } from '../support/serve.ts'

const everything = ['--sse', '/events', '--ws', '/ws', '--poll', '/poll']

describe('the doctor, at a server of ours', () => {
  it('finds all well', async () => {
    const { realtime, port } = await serveAll({ heartbeat: { intervalMs: 100 } })
    await realtime.publish('a', 1)
    const { code, findings, outcomes } = await runDoctor(port, ...everything)
    expect(outcomes).toEqual({
      reach: 'pass',
      stream: 'pass',
      caching: 'pass',
      compression: 'pass',
      'first byte': 'pass',
      buffering: 'skip',
      heartbeat: 'pass',
      ids: 'pass',
      resume: 'pass',
      gap: 'pass',
      cors: 'pass',
      websocket: 'pass',
      polling: 'pass',
      // The test's server streams at every path.
      stats: 'skip',
    })
    expect([code, findings.map(({ check }) => check)]).toEqual([0, Object.keys(outcomes)])
  })

  it('leaves nothing behind', async () => {
    const { realtime, port } = await serveAll({ heartbeat: { intervalMs: 100 } })
    await runDoctor(port, ...everything)
    await expect.poll(() => [...realtime.sessions]).toEqual([])
  })

  it('sees what it triggered arrive, come again after its position, and nothing held back', async () => {
    const { port } = await serve(
      (realtime, req, res) => {
        if (req.method === 'POST') {
          for (const n of [1, 2, 3]) void realtime.publish('a', { n })
          res.writeHead(202).end('{}')
        } else realtime.node(req, res, { channel: 'a' })
      },
      { heartbeat: { intervalMs: 100 } },
    )
    const diagnosis = await runDoctor(port, '--sse', '/events', '--trigger', 'POST /publish {"now":true}')
    expect(diagnosis.of('event')?.detail).toBe('what was triggered arrives')
    expect(diagnosis.of('resume')?.detail).toBe('the event after the position is sent again')
    expect(diagnosis.of('buffering')?.detail).toBe('none seen in 4 events')
    expect(diagnosis.code).toBe(0)
  })

  it('goes where the trigger says that something was started', async () => {
    const { port } = await serve(
      (realtime, req, res) => {
        if (req.method === 'POST') res.end('{"jobId":"7","streamUrl":"/jobs/7","websocketUrl":"//evil.example/ws"}')
        else if (req.url === '/jobs/7') realtime.node(req, res, { channel: 'a' })
        else res.writeHead(404).end()
      },
      { heartbeat: { intervalMs: 100 } },
    )
    const diagnosis = await runDoctor(port, '--trigger', 'POST /jobs')
    expect(diagnosis.outcomes).toMatchObject({ stream: 'pass', trigger: 'pass', websocket: 'skip', event: 'fail' })
  })

  it('names a proxy that takes the position away', async () => {
    const { port } = await serve(
      (realtime, req, res) => {
        delete req.headers['last-event-id']
        realtime.node(req, res, { channel: 'a' })
      },
      { heartbeat: { intervalMs: 100 } },
    )
    const diagnosis = await runDoctor(port, '--sse', '/events')
    expect([diagnosis.of('resume'), diagnosis.of('gap')]).toMatchObject([
      { outcome: 'fail', cure: expect.stringContaining('let `Last-Event-ID` through the proxy') },
      { outcome: 'fail', cure: expect.stringContaining('let `Last-Event-ID` through the proxy') },
    ])
    expect(diagnosis.code).toBe(1)
  })

  it('misses the heartbeat that was announced', async () => {
    const { port } = await serve(
      (realtime, req, res) => {
        const write = res.write.bind(res)
        let writes = 0
        // Something that swallows all but the first bytes.
        res.write = ((chunk: Uint8Array) => (writes++ === 0 ? write(chunk) : true)) as typeof res.write
        realtime.node(req, res, { channel: 'a' })
      },
      { heartbeat: { intervalMs: 50 } },
    )
    const { findings } = await runDoctor(port, '--sse', '/events')
    expect(findings.find(({ check }) => check === 'heartbeat')?.detail).toMatch(
      /^announced every 0.05 s, but none came/,
    )
  })

  it('tests the origin that is to read, and the preflight of its resume', async () => {
    const options = { heartbeat: { intervalMs: 100 }, cors: { origins: ['https://app.example'] } }
    const { port } = await serveAll(options)
    const allowed = await runDoctor(port, '--sse', '/events', '--origin', 'https://app.example')
    const strange = await runDoctor(port, '--sse', '/events', '--origin', 'https://other.example')
    expect([allowed.of('cors')?.detail, strange.of('cors')?.detail]).toEqual([
      'https://app.example may read, and resume',
      'https://other.example may not read',
    ])
  })

  it('warns of stats that everybody sees, and passes where they are guarded', async () => {
    const { port } = await serve((realtime, req, res) => {
      if (req.url === '/open') res.end(JSON.stringify(realtime.stats()))
      else if (req.url === '/guarded') res.writeHead(401).end()
      else realtime.node(req, res, { channel: 'a' })
    })
    const open = await runDoctor(port, '--stats', '/open')
    const guarded = await runDoctor(port, '--stats', '/guarded')
    expect([open.of('stats'), guarded.of('stats')]).toMatchObject([
      { outcome: 'warn', detail: '0 SSE connections, 0 channels, shown to everybody' },
      { outcome: 'pass', detail: 'guarded (401)' },
    ])
  })
})
