import { describe, expect, it } from 'vitest'

import { bearer, follow, post } from './support/follow-stream.ts'
import { join, say } from './support/join-socket.ts'
import { readStream } from './support/read-stream.ts'
import { serveChannels } from './support/serve-channels.ts'

const codes = (told: readonly object[]) =>
  told.map((envelope) => {
    const { type, code = type, channel } = envelope as { type: string; code?: string; channel: string }
    return `${channel} ${code}`
  })

describe('a request for more channels than a connection may follow', () => {
  it('opens a stream of as many, and says which are not followed', async () => {
    const { realtime, port } = await serveChannels({ limits: { channelsPerConnection: 2 } })
    const stream = await follow(port, { a: null, b: null, c: null })
    expect(codes(await stream.envelopes(3)).toSorted()).toEqual(['a subscribed', 'b subscribed', 'c TOO_MANY_CHANNELS'])
    await realtime.publish('c', 'unheard')
    await realtime.publish('b', 1)
    expect(await stream.envelopes(1)).toMatchObject([{ channel: 'b', data: 1 }])
  })

  it('is a poll of as many, and says which are left out', async () => {
    const { port } = await serveChannels({ limits: { channelsPerConnection: 2 } })
    const { status, body } = await post(port, { channels: { a: null, b: null, c: null } }, {}, '/poll')
    const { events, positions } = body as { events: object[]; positions: object }
    expect([status, codes(events), Object.keys(positions)]).toEqual([200, ['c TOO_MANY_CHANNELS'], ['a', 'b']])
  })

  it('opens a stream for a native EventSource, which is told where it stands in those it follows', async () => {
    const { port } = await serveChannels({ limits: { channelsPerConnection: 1 } })
    const stream = await readStream(port, { path: '/events?channels=a&channels=b' })
    await stream.take(3)
    expect(stream.status).toBe(200)
    expect(stream.text()).toContain('TOO_MANY_CHANNELS')
  })

  it('leaves those their place that were followed before, whatever they are called', async () => {
    const { realtime, port } = await serveChannels({ limits: { channelsPerConnection: 2 } })
    const [a, b] = await Promise.all(['a', 'b'].map(async (name) => (await realtime.publish(name, 1)).epoch))
    // Of an object, names that read as numbers come first.
    const stream = await follow(port, { a: `${a}:1`, b: `${b}:1`, 7: null })
    expect(codes(await stream.envelopes(3)).toSorted()).toEqual(['7 TOO_MANY_CHANNELS', 'a subscribed', 'b subscribed'])
  })

  it('leaves it to them over a WebSocket as well', async () => {
    const { realtime, port } = await serveChannels({ limits: { channelsPerConnection: 2 } })
    const [a, b] = await Promise.all(['a', 'b'].map(async (name) => (await realtime.publish(name, 1)).epoch))
    const socket = await join(port)
    say(socket, { type: 'subscribe', channels: { a: `${a}:1`, b: `${b}:1`, 7: null } })
    expect(codes(await socket.take(3)).toSorted()).toEqual(['7 TOO_MANY_CHANNELS', 'a subscribed', 'b subscribed'])
  })

  it('is not refused for good where those within the limit are not for the client', async () => {
    const asked: unknown[] = []
    const { port } = await serveChannels({
      authorize: (_, __, channel) => asked.push(channel) === 0,
      limits: { channelsPerConnection: 1 },
    })
    const stream = await follow(port, { shut: null, other: null }, bearer('ann'))
    expect(codes(await stream.envelopes(2))).toEqual(['shut FORBIDDEN', 'other TOO_MANY_CHANNELS'])
    expect(asked).toEqual(['shut'])
  })

  it('security 18: is refused as a whole where no honest client asks for so many', async () => {
    const { port } = await serveChannels({ limits: { channelsPerConnection: 2 } })
    const channels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`c${n}`, null]))
    const answers = [
      post(port, { channels: channels(20) }, {}, '/poll'),
      post(port, { channels: channels(21) }, {}, '/poll'),
    ]
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 429])
    expect(await post(port, { channels: channels(21) })).toMatchObject({ status: 429 })
  })
})
