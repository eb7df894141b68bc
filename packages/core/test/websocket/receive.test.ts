import { WebSocket } from 'ws'
import { describe, expect, test, vi } from 'vitest'

import { webSocket } from '../../src/transports/websocket.ts'
import { recordLink } from './record-link.ts'
import { serveSockets } from './socket-server.ts'

import type { WebSocketOptions } from '../../src/transports/websocket.ts'
import type { RecordedLink } from './record-link.ts'

function connect(url: string, options: WebSocketOptions = {}, recorded: RecordedLink = recordLink()): RecordedLink {
  webSocket(url, { WebSocket, ...options })({}).connect(recorded.link)
  return recorded
}

describe('under steadystream.v1', () => {
  test('frames are envelopes, or arrays of them', async () => {
    const server = await serveSockets((socket) => {
      socket.send('{"type":"connected"}')
      socket.send('[{"type":"subscribed","position":"e:0"},{"type":"event","position":"e:1","data":{"n":1}}]')
      socket.send('{"type":"heartbeat"}')
    })
    const { told, abort } = connect(server.url)
    await vi.waitFor(() => expect(told).toHaveLength(7))
    expect(told).toEqual([
      'opened',
      'bytes 20',
      'event steadystream.connected e:0 {"type":"connected"}',
      'event message e:1 {"n":1}',
      'bytes 89',
      'comment heartbeat',
      'bytes 20',
    ])
    abort()
  })

  test('a frame that is no JSON is passed over, as is a binary one', async () => {
    const server = await serveSockets((socket) => {
      socket.send('{"type":"connected"}')
      socket.send('{"type":')
      socket.send(Buffer.from('{"type":"heartbeat"}'))
      socket.send('{"type":"heartbeat"}')
    })
    const { told, abort } = connect(server.url)
    await vi.waitFor(() => expect(told).toHaveLength(6))
    expect(told).toEqual(['opened', 'bytes 20', 'bytes 8', 'bytes 20', 'comment heartbeat', 'bytes 20'])
    abort()
  })

  test.each(['hello', '{"type":"event","position":"e:1","data":1}', '[]', '"connected"'])(
    'a server that agrees to it without a word of it, and says %s, is taken for another',
    async (text) => {
      const server = await serveSockets((socket) => socket.send(text))
      const { told, abort } = connect(server.url)
      await vi.waitFor(() => expect(told).toHaveLength(3))
      expect(told).toEqual(['opened', `event message undefined ${text}`, `bytes ${text.length}`])
      abort()
    },
  )

  test('a long frame of short events is taken, and a long event reported with its position', async () => {
    const server = await serveSockets((socket) => {
      const event = (offset: number, size: number) => ({
        type: 'event',
        position: `e:${offset}`,
        data: 'x'.repeat(size),
      })
      socket.send(JSON.stringify([{ type: 'connected' }, event(1, 8), event(2, 9), event(3, 8)]))
    })
    const { told, abort } = connect(server.url, {}, recordLink({ maxEventSize: 10 }))
    await vi.waitFor(() => expect(told).toHaveLength(6))
    expect(told.slice(2, 5)).toEqual([
      `event message e:1 "${'x'.repeat(8)}"`,
      `oversized message e:2 "${'x'.repeat(9)}"`,
      `event message e:3 "${'x'.repeat(8)}"`,
    ])
    abort()
  })
})

describe.each([
  ['another subprotocol', ['chat', 'steadystream.v1']],
  ['no subprotocol', []],
])('under %s', (_, protocols) => {
  test('each text and each binary message is an event', async () => {
    const server = await serveSockets((socket) => {
      socket.send('{"type":"connected"}')
      socket.send('')
      socket.send(Buffer.from([1, 2, 3]))
    })
    const { told, abort } = connect(server.url, { protocols })
    await vi.waitFor(() => expect(told).toHaveLength(7))
    expect(told).toEqual([
      'opened',
      'event message undefined {"type":"connected"}',
      'bytes 20',
      'event message undefined ',
      'bytes 0',
      'event message undefined [1,2,3]',
      'bytes 3',
    ])
    abort()
  })

  test('a message that is too long is reported by its beginning', async () => {
    const server = await serveSockets((socket) => {
      socket.send('x'.repeat(1001))
      socket.send('x'.repeat(1000))
      socket.send(Buffer.alloc(1001))
    })
    const { told, abort } = connect(server.url, { protocols })
    await vi.waitFor(() => expect(told).toHaveLength(7))
    expect(told).toEqual([
      'opened',
      `oversized message undefined ${'x'.repeat(99)}`,
      'bytes 1001',
      `event message undefined ${'x'.repeat(1000)}`,
      'bytes 1000',
      'oversized message undefined ',
      'bytes 1001',
    ])
    abort()
  })
})

describe('the handshake', () => {
  /** What a server is asked for. */
  async function asked(options: WebSocketOptions, facts = {}): Promise<readonly [string, string]> {
    const offers: string[] = []
    const server = await serveSockets((_, { headers }) => void offers.push(headers['sec-websocket-protocol'] ?? ''))
    const { told, abort } = connect(`${server.url}?a=1`, options, recordLink(facts))
    await vi.waitFor(() => expect(told).toEqual(['opened']))
    abort()
    return [server.asked.join(), offers.join()]
  }
  const place = { lastEventId: 'e:5 &' }

  test.each<[string, WebSocketOptions, object, string, string]>([
    ['offers steadystream.v1', {}, {}, '?a=1', 'steadystream.v1'],
    ['offers what it is told instead', { protocols: ['x', 'y'] }, {}, '?a=1', 'x,y'],
    ['offers nothing if told so', { protocols: [] }, place, '?a=1', ''],
    ['asks for the protocols', { protocols: () => Promise.resolve(['z']) }, {}, '?a=1', 'z'],
    ['resumes', {}, place, '?a=1&lastEventId=e%3A5+%26', 'steadystream.v1'],
    ['resumes among others', { protocols: ['steadystream.v1', 'bearer.t'] }, place, '?a=1&lastEventId=e%3A5+%26', 'steadystream.v1,bearer.t'], // prettier-ignore
    ['begins at the start', {}, { fromStart: true }, '?a=1&from=start', 'steadystream.v1'],
    ['tells another server nothing', { protocols: ['x'] }, { fromStart: true }, '?a=1', 'x'],
    ['tells another server what the user says', { protocols: ['x'], resumeWith: { query: 'since' } }, place, '?a=1&since=e%3A5+%26', 'x'], // prettier-ignore
    ['tells ours under the name that the user says', { resumeWith: { query: 'since' } }, place, '?a=1&since=e%3A5+%26', 'steadystream.v1'], // prettier-ignore
  ])('%s', async (_, options, facts, query, offer) => {
    expect(await asked(options, facts)).toEqual([`/feed${query}`, offer])
  })

  test('takes an http URL, a relative one and one from a function', async () => {
    const server = await serveSockets(() => {})
    const origin = server.url.replace('ws:', 'http:').replace('/feed', '')
    const dials = [
      webSocket(`${origin}/a`, { WebSocket }),
      webSocket('/b', { WebSocket, baseUrl: `${origin}/base/` }),
      webSocket('c', { WebSocket }),
      webSocket(() => Promise.resolve(new URL(`${origin}/d`)), { WebSocket }),
    ].map((make) => make({ baseUrl: origin }))
    expect(dials.map(({ url }) => url.replace(/:\d+/, ''))).toEqual([
      'ws://127.0.0.1/a',
      'ws://127.0.0.1/base/b',
      'ws://127.0.0.1/c',
      '(function)',
    ])
    const links = dials.map((transport) => {
      const recorded = recordLink()
      transport.connect(recorded.link)
      return recorded
    })
    await vi.waitFor(() => expect(links.map(({ told }) => told)).toEqual(Array(4).fill(['opened'])))
    expect(server.asked.toSorted()).toEqual(['/a', '/base/b', '/c', '/d'])
    for (const { abort } of links) abort()
  })
})

test.each<[string, () => unknown, RegExp]>([
  ['an unknown option', () => ({ headers: {} }), /unknown option headers/],
  ['protocols that are a text', () => ({ protocols: 'chat' }), /protocols must be/],
  ['a negative size', () => ({ maxQueueSize: -1 }), /maxQueueSize/],
  ['a time that is no number', () => ({ queueTtl: NaN }), /queueTtl/],
])('refuses %s at creation', (_, options, message) => {
  // The types refuse them, too.
  const make = webSocket('ws://stream.test', options() as WebSocketOptions)
  expect(() => make({})).toThrow(message)
})

test.each(['ftp://stream.test', 'ws://user:secret@stream.test', '/relative', 'ws://'])('refuses the URL %s', (url) => {
  expect(() => webSocket(url)({})).toThrow(/^url must be ws\(s\), without credentials.*got (?!.*secret)/)
})
