import { request } from 'node:http'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { isEmpty } from './support/is-empty.ts'
import { bearer, follow, json, post } from './support/follow-stream.ts'
import { readStream } from './support/read-stream.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'

import type { RealtimeOptions } from '../src/index.ts'

describe('commands beside an event stream', () => {
  const chat: RealtimeOptions = { authenticate: byToken, authorize: () => true, clientPublish: true }

  it('change what it brings', async () => {
    const { realtime, port } = await serveChannels(chat)
    const { session, envelopes } = await follow(port, { a: null }, bearer('ann'))
    await envelopes(1)
    const commands = [
      { type: 'subscribe', channel: 'b' },
      { type: 'unsubscribe', channel: 'a' },
      { type: 'publish', channel: 'b', data: { n: 1 }, id: 'm1' },
      { type: 'auth', token: 'ann' },
      { type: 'dance' },
      { type: 'ping' },
    ]
    expect(await post(port, { session, commands }, bearer('ann'))).toEqual({
      status: 200,
      body: {
        replies: [
          null,
          { type: 'unsubscribed', channel: 'a' },
          { type: 'published', channel: 'b', position: expect.stringMatching(/:1$/) as string, id: 'm1' },
          { type: 'authenticated' },
          { type: 'error', code: 'BAD_REQUEST', message: 'this is no command' },
          { type: 'pong' },
        ],
      },
    })
    await realtime.publish('a', 'unheard')
    await realtime.publish('b', 2)
    const told = await envelopes(3)
    expect(told.map(({ type, channel, data }) => [type, channel, data])).toEqual([
      ['subscribed', 'b', undefined],
      ['event', 'b', { n: 1, sender: 'ann' }],
      ['event', 'b', 2],
    ])
  })

  it('security 31: belong to a secret of 128 bits that logs and stats do not show, and to its user', async () => {
    const lines: string[] = []
    const write = (fields: object, message: string) => void lines.push(message + JSON.stringify(fields))
    const logger = { debug: write, info: write, warn: write, error: write }
    const { realtime, port } = await serveChannels({ ...chat, logger })
    const { session, leave } = await follow(port, { a: null }, bearer('ann'))
    expect(session).toMatch(/^[\w-]{22}$/)
    const commands = [{ type: 'subscribe', channel: 'b' }]
    const notFound = { status: 404, body: { error: { code: 'NOT_FOUND', message: 'there is no such session' } } }
    expect(await post(port, { session, commands }, bearer('bob'))).toEqual(notFound)
    const [{ id = '' } = {}] = realtime.sessions
    for (const other of [id, `${session}x`, '', 5, null, '__proto__']) {
      expect(await post(port, { session: other, commands }, bearer('ann'))).toEqual(notFound)
    }
    expect(JSON.stringify([lines, realtime.stats()])).not.toContain(session)
    leave()
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
    expect(await post(port, { session, commands }, bearer('ann'))).toEqual(notFound)
  })

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data'],
    ['application/json-patch+json'],
    [''],
  ])('security 5: a page of another origin cannot send them as %s', async (type) => {
    const { port } = await serveChannels()
    const answer = await post(port, { channels: { a: null } }, { 'Content-Type': type })
    expect(answer).toMatchObject({ status: 415, body: { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } } })
  })

  it('security 16: are not unpacked', async () => {
    const { port } = await serveChannels()
    expect(await post(port, { channels: { a: null } }, { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 415 })
  })

  it('security 15: are 64 KiB at most, announced or not', async () => {
    const { realtime, port } = await serveChannels()
    const long = JSON.stringify({ channels: {}, filler: 'x'.repeat(64 * 1024) })
    expect(await post(port, long)).toMatchObject({ status: 413, body: { error: { code: 'TOO_LARGE' } } })
    const req = request({ port, host: '127.0.0.1', path: '/events', method: 'POST', headers: json, agent: false })
    onTestFinished(() => void req.destroy())
    req.on('error', () => {})
    const status = new Promise((resolve) => req.on('response', (res) => resolve(res.resume().statusCode)))
    req.write(long)
    req.write(long)
    expect(await status).toBe(413)
    expect(isEmpty(realtime)).toBe(true)
  })

  it.each([
    '{',
    'null',
    '[]',
    '5',
    '{}',
    '{"channels":[]}',
    '{"channels":null}',
    '{"channels":{"":null}}',
    '{"channels":{"a\\u0000":null}}',
    '{"channels":{"a":5}}',
    '{"commands":{}}',
    '{"commands":[{"type":"subscribe","channel":"a"}]}',
    `{"commands":[${'0,'.repeat(100)}0]}`,
    `${'['.repeat(30_000)}`,
  ])('security 14: %s is refused', async (body) => {
    const { port } = await serveChannels()
    expect(await post(port, body)).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } })
  })

  it('security 14: names that mean something to JavaScript are names', async () => {
    const { realtime, port } = await serveChannels()
    const stream = await follow(port, JSON.parse('{"__proto__":null,"constructor":null}') as object)
    const told = await stream.envelopes(2)
    expect(new Set(told.map(({ channel }) => channel))).toEqual(new Set(['__proto__', 'constructor']))
    await realtime.publish('__proto__', 1)
    expect(await stream.envelopes(1)).toMatchObject([{ channel: '__proto__', data: 1 }])
  })

  it('security 18: are limited, as the channels that they ask for are', async () => {
    const { port } = await serveChannels({ limits: { commandsPerSecond: 1, channelsPerConnection: 2 } })
    const { session, envelopes } = await follow(port, { a: null })
    await envelopes(1)
    const commands = ['b', 'c', 'd', 'e', 'f'].map((channel) => ({ type: 'subscribe', channel }))
    const { body } = await post(port, { session, commands })
    const { replies } = body as { replies: ({ code: string } | null)[] }
    expect(replies.map((reply) => reply?.code)).toEqual([
      undefined,
      'TOO_MANY_CHANNELS',
      'TOO_MANY_CHANNELS',
      'TOO_MANY_CHANNELS',
      'RATE_LIMITED',
    ])
  })

  it('security 19: need no place of their own, and one user may always send them', async () => {
    const { port } = await serveChannels({ ...chat, limits: { connections: 1, connectionsPerUser: 1 } })
    const { session, envelopes } = await follow(port, { a: null }, bearer('ann'))
    await envelopes(1)
    const commands = [{ type: 'ping' }]
    expect(await post(port, { session, commands }, bearer('ann'))).toMatchObject({ status: 200 })
    expect(await post(port, { channels: { a: null } }, bearer('ann'))).toMatchObject({ status: 503 })
  })

  it('security 26: of clients that poll, may only publish, and not too often', async () => {
    const { realtime, port } = await serveChannels({ ...chat, limits: { commandsPerSecond: 1 } })
    const commands = [{ type: 'publish', channel: 'a', data: { n: 1 } }]
    for (const path of ['/poll', '/events']) {
      expect(await post(port, { commands }, bearer('ann'), path)).toMatchObject({
        status: 200,
        body: { replies: [{ type: 'published', channel: 'a' }] },
      })
    }
    await post(port, { commands: [...commands, ...commands] }, bearer('ann'))
    expect(await post(port, { commands }, bearer('ann'))).toMatchObject({ status: 429 })
    expect(await post(port, { commands }, bearer('bob'))).toMatchObject({ status: 200 })
    const answer = await readStream(port, { path: '/poll?channel=a&from=start', headers: bearer('ann') })
    await answer.over
    expect((JSON.parse(answer.text()) as { events: unknown[] }).events).toHaveLength(5)
    expect(isEmpty(realtime)).toBe(true)
  })

  it.each(['/events', '/poll'])('say of each whether it was published, where some are too much (%s)', async (path) => {
    const { realtime, port } = await serveChannels({ ...chat, limits: { commandsPerSecond: 1 } })
    const commands = Array.from({ length: 6 }, (_, n) => ({ type: 'publish', channel: 'a', data: { n }, id: `m${n}` }))
    const { status, body } = await post(port, { commands }, bearer('ann'), path)
    const { replies } = body as { replies: { type: string; id: string }[] }
    expect([status, replies.map(({ type, id }) => `${id} ${type}`)]).toEqual([
      200,
      ['m0 published', 'm1 published', 'm2 published', 'm3 published', 'm4 error', 'm5 error'],
    ])
    expect(replies[5]).toEqual({
      type: 'error',
      code: 'RATE_LIMITED',
      message: 'too many commands',
      channel: 'a',
      id: 'm5',
    })
    expect(await realtime.publish('a', 'next')).toMatchObject({ offset: 5 })
  })

  it('say of each whether it was published, where some are none without a session', async () => {
    const { port } = await serveChannels(chat)
    const publish = { type: 'publish', channel: 'a', data: {}, id: 'm' }
    const { body } = await post(port, { commands: [publish, { type: 'ping' }, publish] }, bearer('ann'))
    expect(body).toMatchObject({
      replies: [
        { type: 'published', id: 'm' },
        { type: 'error', code: 'BAD_REQUEST' },
        { type: 'published', id: 'm' },
      ],
    })
  })
})
