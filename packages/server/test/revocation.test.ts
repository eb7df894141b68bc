import { describe, expect, it } from 'vitest'

import { memoryBackplane } from '../src/index.ts'
import { laggingBackplane, laterTurn } from './support/lagging-backplane.ts'
import { openSocket } from './support/open-socket.ts'
import { readStream } from './support/read-stream.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'

import type { Backplane, Receiver } from '../src/index.ts'

const headers = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

async function follow(port: number, token: string, channels: readonly string[]) {
  const socket = await openSocket(port, '/ws', headers(token))
  await socket.take(1)
  for (const channel of channels) socket.ws.send(JSON.stringify({ type: 'subscribe', channel }))
  await socket.take(channels.length)
  return socket
}

const stayAway = { type: 'close', code: 3500, reason: 'disconnected', reconnect: false }

describe('security 9: what is taken from a user while he is connected', () => {
  it('disconnect ends all of his connections, and no others', async () => {
    const { realtime, port } = await serveChannels({ authenticate: byToken })
    const socket = await follow(port, 'ann', ['a'])
    const stream = await readStream(port, { path: '/events?channel=a', ...headers('ann') })
    await stream.take(1)
    const bob = await follow(port, 'bob', ['a'])
    await realtime.disconnect('ann')
    expect(await socket.rest()).toEqual([stayAway])
    expect((await socket.over).code).toBe(3500)
    expect(await stream.rest()).toMatchObject([{ event: 'steadystream.close', data: { code: 3500, reconnect: false } }])
    await realtime.publish('a', 1)
    expect(await bob.take(1)).toMatchObject([{ data: 1 }])
  })

  it('unsubscribe ends one channel of a connection, or the connection of that channel', async () => {
    const { realtime, port } = await serveChannels({ authenticate: byToken })
    const socket = await follow(port, 'ann', ['a', 'job:7'])
    const [own, other] = [
      await readStream(port, { path: '/events?channel=job:7', ...headers('ann') }),
      await readStream(port, { path: '/events?channel=a', ...headers('ann') }),
    ]
    for (const stream of [own, other]) await stream.take(1)
    await realtime.unsubscribe('ann', { type: 'job', id: '7' })
    expect(await socket.take(1)).toEqual([{ type: 'unsubscribed', channel: 'job:7', code: 'FORBIDDEN' }])
    expect(await own.rest()).toMatchObject([{ data: { code: 3503, reconnect: false } }])
    await realtime.publish('a', 1)
    expect(await socket.take(1)).toMatchObject([{ channel: 'a', data: 1 }])
    expect(await other.take(1)).toMatchObject([{ data: 1 }])
  })

  it('holds in every process that shares the backplane', async () => {
    const backplane = memoryBackplane()
    const here = await serveChannels({ authenticate: byToken, backplane })
    const there = await serveChannels({ authenticate: byToken, backplane })
    const socket = await follow(there.port, 'ann', ['a'])
    await here.realtime.unsubscribe('ann', 'a')
    expect(await socket.take(1)).toMatchObject([{ type: 'unsubscribed', channel: 'a' }])
    await here.realtime.disconnect('ann')
    expect(await socket.rest()).toEqual([stayAway])
  })

  it('holds even where the message was lost on the way, when the next one comes', async () => {
    const backplane = laggingBackplane()
    const here = await serveChannels({ authenticate: byToken, backplane })
    const there = await serveChannels({ authenticate: byToken, backplane })
    const socket = await follow(there.port, 'ann', ['a'])
    await here.realtime.disconnect('nobody')
    backplane.release()
    await here.realtime.disconnect('ann')
    backplane.lose()
    await laterTurn()
    expect([...there.realtime.sessions]).toHaveLength(1)
    await here.realtime.disconnect('nobody')
    backplane.release()
    expect(await socket.rest()).toEqual([stayAway])
  })

  it('is not taken again from who came back, when a process that was not there yet misses a message', async () => {
    const shared = memoryBackplane()
    const receivers: Receiver[] = []
    const here = await serveChannels({ authenticate: byToken, backplane: { ...shared, close: async () => {} } })
    await here.realtime.disconnect('ann')
    const backplane: Backplane = {
      ...shared,
      subscribe(key, receiver) {
        if (key === 'control:sessions') receivers.push(receiver)
        return shared.subscribe(key, receiver)
      },
    }
    const there = await serveChannels({ authenticate: byToken, backplane })
    const socket = await follow(there.port, 'ann', ['a'])
    const { epoch, top } = await shared.read('control:sessions', { after: 0, limit: 0 })
    receivers[0]?.missed({ epoch, offset: top })
    await laterTurn()
    socket.ws.send('{"type":"ping"}')
    expect(await socket.take(1)).toEqual([{ type: 'pong' }])
  })

  it('security 27: messages that make no sense change nothing', async () => {
    const backplane = memoryBackplane()
    const { realtime, port } = await serveChannels({ authenticate: byToken, backplane })
    const socket = await follow(port, 'ann', ['a'])
    for (const json of ['{', 'null', '{"userId":5}', '{"userId":"ann","channel":{}}', '[]']) {
      await backplane.publish('control:sessions', json)
    }
    await realtime.publish('a', 1)
    expect(await socket.take(1)).toMatchObject([{ data: 1 }])
  })

  it('security 28: no client can read or write them', async () => {
    const { realtime, port } = await serveChannels({ authenticate: byToken, authorize: () => true, clientPublish: (data) => data }) // prettier-ignore
    const socket = await follow(port, 'ann', ['control:sessions'])
    const order = { userId: 'ann' }
    socket.ws.send(JSON.stringify({ type: 'publish', channel: 'control:sessions', data: order }))
    expect(await socket.take(2)).toMatchObject([{ type: 'published' }, { type: 'event', data: order }])
    await realtime.disconnect('bob')
    socket.ws.send('{"type":"ping"}')
    expect(await socket.take(1)).toEqual([{ type: 'pong' }])
  })
})
