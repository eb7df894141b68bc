import { createServer } from 'node:http'

import { describe, expect, it, onTestFinished } from 'vitest'

import { runStreamingTests } from '../../src/testing/index.ts'
import { listen } from '../support/serve.ts'
import { serveRealtime } from './realtime-server.ts'

import type { RequestListener, ServerResponse } from 'node:http'
import type { EndpointOptions } from '../../src/testing/index.ts'

const outcomes = async (options: EndpointOptions) => {
  const report = await runStreamingTests({ waitMs: 300, timeoutMs: 400, ...options })
  return { report, outcomes: Object.fromEntries(report.findings.map(({ check, outcome }) => [check, outcome])) }
}

async function serve(listener: RequestListener): Promise<string> {
  const { port } = await listen(createServer(listener))
  return `http://127.0.0.1:${port}/`
}

describe('runStreamingTests with a url', () => {
  it('finds a server of ours well, sees what is triggered arrive, and leaves nothing behind', async () => {
    const { realtime, port } = await serveRealtime({ heartbeat: { intervalMs: 100 } })
    await realtime.publish('numbers', 0)
    const url = `http://127.0.0.1:${port}/events?channel=numbers`
    const { report, outcomes: found } = await outcomes({ url, trigger: () => realtime.publish('numbers', 1) })

    expect(report.toString()).toContain('0 failed')
    expect(found).toEqual({
      stream: 'pass',
      caching: 'pass',
      compression: 'pass',
      'first byte': 'pass',
      client: 'pass',
      event: 'pass',
      buffering: 'pass',
      heartbeat: 'pass',
      ids: 'pass',
      resume: 'pass',
      gap: 'pass',
    })
    await expect.poll(() => [...realtime.sessions]).toEqual([])
  })

  it('says what is wrong with an endpoint that is no stream', async () => {
    const url = await serve((_, response) => response.setHeader('Content-Type', 'application/json').end('{}'))
    const { report } = await outcomes({ url })
    expect([report.ok, report.failures]).toMatchObject([
      false,
      [{ check: 'stream', detail: 'the content type is application/json' }],
    ])
  })

  it('names what a poor server lacks', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(':\n\n'),
    )
    const { outcomes: found } = await outcomes({ url, trigger: () => Promise.reject(new Error('no such job')) })
    expect(found).toMatchObject({ caching: 'fail', client: 'pass', event: 'fail', heartbeat: 'warn', ids: 'skip' })
  })

  it('leaves no connection, timer or rejection behind, whatever it finds', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => void rejections.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const open = new Set<ServerResponse>()
    let asked = 0
    const url = await serve((request, response) => {
      asked++
      open.add(response)
      response.on('close', () => open.delete(response))
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      const { pathname } = new URL(request.url ?? '', 'http://localhost')
      if (pathname === '/quiet') response.write(':\n\n')
      else response.write('id: a\ndata: 1\n\nid: b\ndata: 2\n\n')
      // Cut in the middle of a chunk.
      if (pathname === '/cut') setTimeout(() => response.destroy(), 50)
      if (pathname === '/ended') response.end()
    })
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    // The runtime's own client keeps a timer of its own from its first request on.
    await (await fetch(`${url}ended`)).text()
    const before = timers()
    for (const path of ['quiet', 'steady', 'cut', 'ended']) {
      const former = asked
      await outcomes({ url: url + path, trigger: () => Promise.reject(new Error('no such job')) })
      expect([path, asked > former]).toEqual([path, true])
      await expect.poll(() => [path, open.size]).toEqual([path, 0])
    }
    await expect.poll(timers).toBeLessThanOrEqual(before)
    expect(rejections).toEqual([])
  })

  it('is not stopped by what goes wrong: nobody there, no answer, no url', async () => {
    const silent = await serve(() => {})
    const details = []
    for (const url of ['http://127.0.0.1:1/', silent, 'nowhere']) {
      const { report } = await outcomes({ url })
      details.push(report.failures.map(({ check, detail }) => `${check}: ${detail}`).join())
    }
    expect(details).toEqual([
      expect.stringMatching(/^reach: fetch failed: .*(ECONNREFUSED|bad port)/),
      'reach: no answer within 0.4 s',
      expect.stringMatching(/^reach: Invalid URL/),
    ])
  })
})
