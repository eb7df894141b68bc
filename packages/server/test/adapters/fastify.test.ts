import { connect } from 'node:http2'

import Fastify from 'fastify'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { takeOver } from '@steadystream/server/fastify'
import { createRealtime } from '../../src/index.ts'
import { readStream } from '../support/read-stream.ts'

import type { AddressInfo } from 'node:net'

async function serveFastify() {
  const realtime = createRealtime({ authorize: () => true })
  const app = Fastify()
  app.addHook('preClose', () => realtime.close({ drainMs: 0 }))
  app.addHook('onRequest', async (_, reply) => {
    reply.header('Vary', 'Accept-Encoding').header('X-Request-Id', 'r1')
  })
  app.get<{ Params: { id: string } }>('/jobs/:id', (request, reply) => {
    const { req, res } = takeOver(request, reply)
    realtime.node(req, res, { channel: { type: 'job', id: request.params.id } })
  })
  app.get('/poll', (request, reply) => {
    const { req, res } = takeOver(request, reply)
    realtime.poll(req, res, { channel: { type: 'job', id: '7' } })
  })
  app.route({
    method: ['GET', 'POST'],
    url: '/channels',
    handler(request, reply) {
      const { req, res } = takeOver(request, reply)
      realtime.poll(req, res)
    },
  })
  app.post('/answer', (request, reply) => {
    const { req, res } = takeOver(request, reply)
    realtime.stream(req, res, (send) => send(request.body))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return { realtime, app, port: (app.server.address() as AddressInfo).port }
}

const job = { type: 'job', id: '7' }

describe('Fastify', () => {
  it('streams a channel, with the headers that hooks set', async () => {
    const { realtime, port } = await serveFastify()
    const reading = await readStream(port, { path: '/jobs/7' })
    expect(reading.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      vary: 'Accept-Encoding',
      'x-request-id': 'r1',
    })
    await reading.take(1)
    await realtime.publish(job, 1)
    expect((await reading.take(1))[0]?.data).toBe(1)
    await realtime.complete(job)
    expect((await reading.rest()).map(({ event }) => event)).toEqual(['steadystream.complete'])
  })

  it('answers polls, and streams what a producer makes of a body', async () => {
    const { realtime, port } = await serveFastify()
    const { epoch } = await realtime.publish(job, 1)
    const poll = await readStream(port, { path: '/poll?from=start' })
    await poll.over
    expect(JSON.parse(poll.text())).toMatchObject({ positions: { 'job:7': `${epoch}:1` } })
    const headers = { 'Content-Type': 'application/json' }
    const answer = await readStream(port, { path: '/answer', method: 'POST', headers, body: '{"prompt":"hi"}' })
    expect((await answer.rest()).map(({ data }) => data)).toEqual([{ prompt: 'hi' }, {}])
  })

  it('hands on the body that Fastify has read', async () => {
    const { realtime, port } = await serveFastify()
    const { epoch } = await realtime.publish(job, 1)
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ channels: { 'job:7': `${epoch}:0` } })
    const answer = await readStream(port, { path: '/channels', method: 'POST', headers, body })
    await answer.over
    expect(JSON.parse(answer.text())).toMatchObject({ positions: { 'job:7': `${epoch}:1` } })
  })

  it('notices that a client left', async () => {
    const { realtime, port } = await serveFastify()
    const reading = await readStream(port, { path: '/jobs/7' })
    await reading.take(1)
    reading.leave()
    await vi.waitFor(() => expect([...realtime.sessions]).toEqual([]))
  })

  it('serves HTTP/2 as well', async () => {
    const realtime = createRealtime()
    const app = Fastify({ http2: true })
    app.addHook('preClose', () => realtime.close())
    app.get('/events', (request, reply) => {
      const { req, res } = takeOver(request, reply)
      realtime.node(req, res, { channel: 'a' })
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => app.close())
    const client = connect(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
    onTestFinished(() => client.destroy())
    const stream = client.request({ ':path': '/events' })
    const text = await new Promise((resolve) => stream.setEncoding('utf8').once('data', resolve))
    expect(text).toContain('event: steadystream.connected')
  })

  it('resolves close with streams open', async () => {
    const { app, port } = await serveFastify()
    const readings = [await readStream(port, { path: '/jobs/7' }), await readStream(port, { path: '/jobs/8' })]
    for (const reading of readings) await reading.take(1)
    await app.close()
    for (const reading of readings) {
      expect((await reading.rest()).map(({ event }) => event)).toEqual(['steadystream.close'])
    }
  })
})
