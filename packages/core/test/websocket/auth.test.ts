import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'

import { webSocket } from '../../src/transports/websocket.ts'
import { recordLink } from './record-link.ts'
import { recordStream } from './record-stream.ts'
import { scriptSockets } from './scripted-socket.ts'
import { serveSockets } from './socket-server.ts'

import type { WebSocketOptions } from '../../src/transports/websocket.ts'

/** A server that takes one token, in the URL or among the subprotocols. */
async function guarded(token: () => string) {
  const server = await serveSockets((socket, { url = '', headers }) => {
    const shown = new URL(url, 'http://feed.test').searchParams.get('token') ?? headers['sec-websocket-protocol'] ?? ''
    if (!shown.endsWith(token())) return socket.close(3000, 'unauthorized')
    socket.send('[{"type":"connected"},{"type":"subscribed","position":"e:0"}]')
    socket.send('{"type":"event","position":"e:1","data":"let in"}')
  })
  return server
}

test('refused with 3000, it refreshes its credentials, and comes back once', async () => {
  let token = 'old'
  const server = await guarded(() => 'new')
  const refreshAuth = vi.fn(() => void (token = 'new'))
  const { told } = recordStream(() => `${server.url}?token=${token}`, {}, { refreshAuth })
  await vi.waitFor(() => expect(told).toEqual(['let in']))
  expect(refreshAuth).toHaveBeenCalledTimes(1)
  expect(server.asked).toEqual(['/feed?token=old', '/feed?token=new'])
})

test('a token among the subprotocols is asked for anew', async () => {
  let token = 'old'
  const server = await guarded(() => 'new')
  const protocols = () => ['steadystream.v1', `bearer.${token}`]
  const { told } = recordStream(server.url, { protocols }, { refreshAuth: () => void (token = 'new') })
  await vi.waitFor(() => expect(told).toEqual(['let in']))
  expect(server.asked).toHaveLength(2)
})

test('trap 31: refused without a way to refresh, it gives up', async () => {
  const server = await guarded(() => 'new')
  const { told, states } = recordStream(`${server.url}?token=old`)
  await vi.waitFor(() => expect(states.at(-1)).toBe('error fatal'))
  expect([told, server.asked.length]).toEqual([['UNAUTHORIZED final'], 1])
})

test('trap 31: refreshed to the same token, it gives up without showing that again', async () => {
  const server = await guarded(() => 'new')
  const { told, states } = recordStream(() => `${server.url}?token=old`, {}, { refreshAuth() {} })
  await vi.waitFor(() => expect(states.at(-1)).toBe('error fatal'))
  expect([told, server.asked.length]).toEqual([['UNAUTHORIZED final'], 1])
})

test('trap 31: with credentials that cannot be seen, it is refused twice and gives up', async () => {
  const server = await guarded(() => 'new')
  const { told, states } = recordStream(server.url, {}, { refreshAuth() {} })
  await vi.waitFor(() => expect(states.at(-1)).toBe('error fatal'))
  expect([told, server.asked.length]).toEqual([['UNAUTHORIZED final'], 2])
})

test.each<[string, Parameters<typeof webSocket>[0], WebSocketOptions, string]>([
  ['nothing of what is fixed', 'ws://stream.test/?jobId=5', { protocols: ['steadystream.v1', 'bearer.t'] }, ''],
  ['the query of a URL that it asks for', () => 'ws://stream.test/?token=t', {}, '?token=t'],
  ['the protocols that it asks for', 'ws://stream.test', { protocols: () => ['a', 'bearer.t'] }, 'a,bearer.t'],
])('shows %s', async (_, url, options, credential) => {
  const recorded = recordLink({ lastEventId: 'e:1', fromStart: true })
  const { WebSocket: Scripted } = scriptSockets()
  webSocket(url, { ...options, WebSocket: Scripted })({}).connect(recorded.link)
  await vi.waitFor(() => expect(recorded.credentials).toEqual([credential]))
  recorded.abort()
})

test('shares a connection with an equal stream of ours, and with no other', () => {
  const key = (url: Parameters<typeof webSocket>[0], options: WebSocketOptions = {}) => {
    const { poolKey } = webSocket(url, options)({})
    return poolKey && [...poolKey]
  }
  const ours = key('ws://stream.test/a', { WebSocket })
  expect(key('http://stream.test/a', { WebSocket, protocols: ['steadystream.v1'] })).toEqual(ours)
  expect(key('ws://stream.test/b', { WebSocket })).not.toEqual(ours)
  expect(key('ws://stream.test/a')).not.toEqual(ours)
  expect(key('ws://stream.test/a', { WebSocket, resumeWith: { query: 'since' } })).not.toEqual(ours)
  expect(key('ws://stream.test/a', { protocols: ['chat'] })).toBeUndefined()
  expect(key('ws://stream.test/a', { protocols: () => ['steadystream.v1'] })).toBeUndefined()
  expect(key(() => 'ws://stream.test/a')).toBeUndefined()
})
