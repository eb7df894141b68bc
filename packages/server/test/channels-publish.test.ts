import { describe, expect, it } from 'vitest'

import { join, say } from './support/join-socket.ts'
import { laterTurn } from './support/lagging-backplane.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'

import type { Channel } from '../src/index.ts'

describe('clients that publish', () => {
  const publishing = {
    authenticate: byToken,
    authorize: (_: unknown, __: unknown, channel: Channel | undefined) => channel !== 'shut',
    clientPublish: true,
  }

  it('security 26: are refused unless that is turned on, whatever authorize says', async () => {
    const { port } = await serveChannels({ authorize: () => true })
    const socket = await join(port)
    say(socket, { type: 'publish', channel: 'a', data: {}, id: 'm1' })
    expect(await socket.take(1)).toEqual([
      { type: 'error', code: 'FORBIDDEN', message: 'clients cannot publish here', channel: 'a', id: 'm1' },
    ])
  })

  it('security 26: are judged for each channel, and stamped by the server', async () => {
    const { port } = await serveChannels(publishing)
    const socket = await join(port, '/ws', { Authorization: 'Bearer ann' })
    say(socket, { type: 'subscribe', channel: 'chat' })
    await socket.take(1)
    say(
      socket,
      { type: 'publish', channel: 'shut', data: {} },
      { type: 'publish', channel: 'chat', data: { text: 'hi', sender: 'bob' }, id: 'm1' },
    )
    const told = await socket.take(3)
    expect(told).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'error', code: 'FORBIDDEN', channel: 'shut' }),
        { type: 'published', channel: 'chat', position: expect.stringMatching(/:1$/), id: 'm1' },
        expect.objectContaining({ type: 'event', channel: 'chat', data: { text: 'hi', sender: 'ann' } }),
      ]),
    )
  })

  it('are heard in the order in which they speak, however long each is judged', async () => {
    const waits = [20, 0, 10, 0]
    const { port } = await serveChannels({
      authorize: (_, action) => {
        const turns = action === 'publish' ? (waits.shift() ?? 0) : 0
        return Array.from({ length: turns }).reduce<Promise<unknown>>((last) => last.then(laterTurn), Promise.resolve()).then(() => true) // prettier-ignore
      },
      clientPublish: (data) => data,
    })
    const socket = await join(port)
    say(socket, { type: 'subscribe', channel: 'a' })
    await socket.take(1)
    for (let n = 1; n <= 4; n++) say(socket, { type: 'publish', channel: 'a', data: n })
    const told = await socket.take(8)
    expect(told.filter(({ type }) => type === 'event').map(({ data }) => data)).toEqual([1, 2, 3, 4])
  })

  it('are told what was refused, and what failed without why', async () => {
    const { realtime, port } = await serveChannels({
      authorize: () => true,
      clientPublish: (data) => {
        if (data === 'throw') throw new Error('hunter2')
        return data === 'bad' ? undefined : data
      },
    })
    await realtime.complete('done')
    const socket = await join(port)
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
    say(socket, { type: 'publish', channel: 'a', data: 'bad' })
    say(socket, { type: 'publish', channel: 'a', data: 'throw' })
    say(socket, { type: 'publish', channel: 'done', data: 1 })
    socket.ws.send(`{"type":"publish","channel":"a","data":${deep}}`)
    const codes = (await socket.take(4)).map(({ code, type }) => code ?? type)
    expect(codes.slice(0, 3)).toEqual(['BAD_REQUEST', 'UNAVAILABLE', 'CHANNEL_COMPLETED'])
    expect(codes[3]).toMatch(/^(UNAVAILABLE|published)$/)
  })
})
