import { describe, expect, it } from 'vitest'

import { openSocket } from './support/open-socket.ts'
import { readStream } from './support/read-stream.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

import type { Principal, RealtimeOptions, RealtimeRequest } from '../src/index.ts'
import type { Ask } from './support/read-stream.ts'

const bearer = { Authorization: 'Bearer ann' }
const json = { ...bearer, 'Content-Type': 'application/json' }
const post = (path: string, body: object): Ask => ({ path, method: 'POST', headers: json, body: JSON.stringify(body) })
const publish = { type: 'publish', channel: 'a', data: { n: 1 } }

/** Every way to ask for channel `a` that is answered over HTTP. */
const requests: [string, Ask][] = [
  ['a stream', { path: '/events?channel=a', headers: bearer }],
  ['a stream of many', { path: '/events?channels=a', headers: bearer }],
  ['a stream by POST', post('/events', { channels: { a: null } })],
  ['a poll', { path: '/poll?channel=a&wait=30&from=start', headers: bearer }],
  ['a poll by POST', post('/poll', { channels: { a: 'start' }, wait: 30 })],
]

/** Something that is asked for, and answered when the test lets it. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  let passing = 0
  return {
    pass: () => {
      passing++
      return opened
    },
    asked: (times = 1) => until(() => passing === times),
    open,
  }
}

async function slowlyKnown(options: RealtimeOptions = {}) {
  const held = gate()
  const authenticate = (request: RealtimeRequest): Promise<Principal | undefined> =>
    held.pass().then(() => byToken(request))
  return { held, ...(await serveChannels({ authenticate, ...options })) }
}

async function slowlyJudged(options: RealtimeOptions = {}) {
  const held = gate()
  const authorize = () => held.pass().then(() => true)
  return { held, ...(await serveChannels({ authenticate: byToken, authorize, ...options })) }
}

async function bodyOf(asking: ReturnType<typeof readStream>) {
  const reading = await asking
  await reading.over
  return { status: reading.status, body: JSON.parse(reading.text()) as unknown }
}

const disconnected = { status: 403, body: { error: { code: 'FORBIDDEN', message: 'you have been disconnected' } } }
const notForYou = { status: 403, body: { error: { code: 'FORBIDDEN', message: 'this channel is not for you' } } }

describe.each(requests)('security 9: %s that is judged while something is taken from its user', (_, ask) => {
  it('is refused where he is disconnected before it is known who asks', async () => {
    const { held, realtime, port } = await slowlyKnown()
    const answer = bodyOf(readStream(port, ask))
    await held.asked()
    await realtime.disconnect('bob')
    await realtime.disconnect('ann')
    held.open()
    expect(await answer).toEqual(disconnected)
    expect([...realtime.sessions]).toEqual([])
  })

  it('is refused where he is disconnected before authorize has answered', async () => {
    const { held, realtime, port } = await slowlyJudged()
    const answer = bodyOf(readStream(port, ask))
    await held.asked()
    await realtime.disconnect('ann')
    held.open()
    expect(await answer).toEqual(disconnected)
  })

  it('is let in where another one is disconnected, or another channel is taken', async () => {
    const { held, realtime, port } = await slowlyJudged()
    await realtime.publish('a', 1)
    const answer = readStream(port, ask)
    await held.asked()
    await realtime.disconnect('bob')
    await realtime.unsubscribe('ann', 'b')
    held.open()
    expect((await answer).status).toBe(200)
  })
})

describe('security 9: a channel that is taken while it is judged', () => {
  it.each([requests[0], requests[3]] as [string, Ask][])('is refused to %s', async (_, ask) => {
    const { held, realtime, port } = await slowlyJudged()
    const answer = bodyOf(readStream(port, ask))
    await held.asked()
    await realtime.unsubscribe('ann', 'a')
    held.open()
    expect(await answer).toEqual(notForYou)
  })

  it('is told to a stream of many, which follows the others', async () => {
    const { held, realtime, port } = await slowlyJudged()
    const asking = readStream(port, post('/events', { channels: { a: null, b: null } }))
    await held.asked(2)
    await realtime.unsubscribe('ann', 'a')
    held.open()
    const stream = await asking
    const [, refused, subscribed] = await stream.take(3)
    expect([refused?.data, subscribed?.data]).toMatchObject([
      { type: 'error', code: 'FORBIDDEN', channel: 'a' },
      { type: 'subscribed', channel: 'b' },
    ])
    await realtime.publish('a', 1)
    await realtime.publish('b', 2)
    expect((await stream.take(1))[0]?.data).toMatchObject({ channel: 'b', data: 2 })
  })

  it('is told to a poll of many, which answers for the others', async () => {
    const { held, realtime, port } = await slowlyJudged()
    await realtime.publish('b', 1)
    const answer = bodyOf(readStream(port, post('/poll', { channels: { a: 'start', b: 'start' }, wait: 30 })))
    await held.asked(2)
    await realtime.unsubscribe('ann', 'a')
    held.open()
    const { status, body } = await answer
    const { events, positions } = body as { events: unknown[]; positions: object }
    expect([status, Object.keys(positions)]).toEqual([200, ['b']])
    expect(events).toMatchObject([
      { type: 'error', code: 'FORBIDDEN', channel: 'a' },
      { type: 'event', channel: 'b', data: 1 },
    ])
    await until(() => realtime.stats().channels.activeChannels === 0)
  })

  it('ends the wait of a poll of many, so that its client asks anew and is judged', async () => {
    const { realtime, port } = await serveChannels({ authenticate: byToken })
    const { epoch } = await realtime.publish('a', 1)
    const channels = { a: `${epoch}:1`, b: 'start' }
    const answer = bodyOf(readStream(port, post('/poll', { channels, wait: 30 })))
    await until(() => [...realtime.sessions].length === 1)
    await realtime.unsubscribe('ann', 'a')
    expect(await answer).toMatchObject({ status: 200, body: { events: [] } })
  })
})

describe('security 9: a WebSocket that is judged while its user is disconnected', () => {
  it('is told 3500, and without our subprotocol 403', async () => {
    const { held, realtime, port } = await slowlyKnown()
    const socket = openSocket(port, '/ws', { headers: bearer })
    const plain = openSocket(port, '/ws', { headers: bearer }, [])
    const refused = expect(plain).rejects.toThrow('403')
    await held.asked(2)
    await realtime.disconnect('ann')
    held.open()
    expect(await (await socket).over).toEqual({ code: 3500, reason: 'disconnected' })
    await refused
  })

  it('is told so too where it said later who it is', async () => {
    const held = gate()
    const { realtime, port } = await serveChannels({
      authenticate: (request) => (request.token ? held.pass().then(() => byToken(request)) : undefined),
    })
    const socket = await openSocket(port)
    socket.ws.send('{"type":"auth","token":"ann"}')
    await held.asked()
    await realtime.disconnect('ann')
    held.open()
    expect(await socket.over).toEqual({ code: 3500, reason: 'disconnected' })
  })
})

describe('security 9: what a disconnected user wanted to publish', () => {
  const mayPublish = { clientPublish: true } as const

  it.each(['over a WebSocket', 'by POST'])('%s, and was still being judged, is not published', async (way) => {
    const { held, realtime, port } = await slowlyJudged(mayPublish)
    let answer: Promise<unknown> | undefined
    if (way === 'by POST') answer = bodyOf(readStream(port, post('/poll', { commands: [publish] })))
    else (await openSocket(port, '/ws', { headers: bearer })).ws.send(JSON.stringify(publish))
    await held.asked()
    await realtime.disconnect('ann')
    held.open()
    if (answer) expect(await answer).toMatchObject({ body: { replies: [{ type: 'error', code: 'FORBIDDEN' }] } })
    expect(await realtime.publish('a', 'first')).toMatchObject({ offset: 1 })
  })

  it('is published where he only left', async () => {
    const { held, realtime, port } = await slowlyJudged(mayPublish)
    const socket = await openSocket(port, '/ws', { headers: bearer })
    socket.ws.send(JSON.stringify(publish))
    await held.asked()
    socket.ws.close()
    await until(() => [...realtime.sessions].length === 0)
    held.open()
    const after = { path: '/poll?channel=a&wait=30&from=start', headers: bearer }
    expect(await bodyOf(readStream(port, after))).toMatchObject({
      body: { events: [{ data: { n: 1, sender: 'ann' } }] },
    })
  })
})
