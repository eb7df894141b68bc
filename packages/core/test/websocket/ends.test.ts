import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

import { webSocket } from '../../src/transports/websocket.ts'
import { listen } from '../sse/origin.ts'
import { recordLink } from './record-link.ts'
import { serveSockets } from './socket-server.ts'

import type { WebSocketOptions } from '../../src/transports/websocket.ts'
import type { RecordedLink } from './record-link.ts'

type Url = Parameters<typeof webSocket>[0]

function connect(url: Url, options: WebSocketOptions = {}): RecordedLink {
  const recorded = recordLink()
  webSocket(url, { WebSocket, ...options })({}).connect(recorded.link)
  return recorded
}

describe('a close frame', () => {
  test.each([
    [1000, 'ended'],
    [1001, 'failed ENDED retried'],
    [1012, 'failed ENDED retried'],
    [3000, 'failed UNAUTHORIZED final'],
    [3005, 'failed ENDED retried'],
    [3500, 'failed SERVER_CLOSE final'],
    [4000, 'failed ENDED retried'],
    [4500, 'failed SERVER_CLOSE final'],
  ])('of steadystream.v1 with %i: %s', async (code, end) => {
    const server = await serveSockets((socket) => socket.close(code, 'the reason'))
    const { told, errors } = connect(server.url)
    await vi.waitFor(() => expect(told).toEqual(['opened', end]))
    const message = end === 'ended' ? [] : [`WebSocket closed: ${code} the reason`]
    expect(errors.map((error) => error.message)).toEqual(message)
  })

  test.each([
    [1000, 'ended'],
    [1008, 'failed SERVER_CLOSE final'],
    [3500, 'failed ENDED retried'],
    [4401, 'failed UNAUTHORIZED final'],
    [4403, 'failed SERVER_CLOSE final'],
  ])('of another protocol with %i: %s', async (code, end) => {
    const server = await serveSockets((socket) => socket.close(code, 'the reason'))
    const { told } = connect(server.url, { protocols: ['chat'] })
    await vi.waitFor(() => expect(told).toEqual(['opened', end]))
  })

  test('without a code is a clean end', async () => {
    const server = await serveSockets((socket) => socket.close())
    const { told } = connect(server.url)
    await vi.waitFor(() => expect(told).toEqual(['opened', 'ended']))
  })
})

test('a socket that is cut is a lost link', async () => {
  const server = await serveSockets((socket) => socket.terminate())
  const { told, errors } = connect(server.url)
  await vi.waitFor(() => expect(told).toEqual(['opened', 'failed NETWORK retried']))
  expect(errors[0]?.message).toBe('WebSocket closed: 1006 ')
})

test('a frame that breaks the protocol is told with what the library says of it', async () => {
  // Opcode 3 is reserved.
  const server = await serveSockets((socket, request) => void request.socket.write(Buffer.from([0x83, 0x00])))
  const { told, errors } = connect(server.url)
  await vi.waitFor(() => expect(told).toEqual(['opened', 'failed NETWORK retried']))
  expect(errors[0]?.message).toContain('invalid opcode')
})

describe('a handshake that is refused', () => {
  test.each([401, 403, 404, 503, 200])('with %i is a lost link that names it', async (status) => {
    const server = await refusing(status)
    const { told, errors } = connect(server)
    await vi.waitFor(() => expect(told).toEqual(['failed NETWORK retried']))
    expect(errors[0]?.message).toBe(`WebSocket closed: 1006 Unexpected server response: ${status}`)
  })

  test('by something that speaks no HTTP at all', async () => {
    const server = createServer((socket) => void socket.end('SSH-2.0-other\r\n').on('error', () => {}))
    server.listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await vi.waitFor(() => expect(server.address()).not.toBeNull())
    const { port } = server.address() as { port: number } // it listens on a port
    const { told } = connect(`ws://127.0.0.1:${port}`)
    await vi.waitFor(() => expect(told).toEqual(['failed NETWORK retried']))
  })

  test('by nobody', async () => {
    const { told, errors } = connect('ws://127.0.0.1:1')
    await vi.waitFor(() => expect(told).toEqual(['failed NETWORK retried']))
    expect(errors[0]?.cause).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('since the server knows none of the subprotocols', async () => {
    const refuses = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false })
    onTestFinished(() => refuses.close())
    await vi.waitFor(() => expect(refuses.address()).not.toBeNull())
    const { port } = refuses.address() as { port: number } // it listens on a port
    const { told, errors } = connect(`ws://127.0.0.1:${port}`)
    await vi.waitFor(() => expect(told).toEqual(['failed NETWORK retried']))
    expect(errors[0]?.message).toContain('Server sent no subprotocol')
  })
})

/** The URL of a server that answers an upgrade with this status. */
async function refusing(status: number): Promise<string> {
  const server = createHttpServer()
  server.on('upgrade', (_, socket) => {
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  })
  onTestFinished(() => void server.close())
  return (await listen(server)).replace('http:', 'ws:')
}

describe('before there is a socket', () => {
  test.each<[string, Url, WebSocketOptions, string, RegExp]>([
    ['a URL function that throws', () => { throw new Error('no url') }, {}, 'REQUEST retried', /could not be had: no url/], // prettier-ignore
    ['a URL function that rejects', () => Promise.reject(new Error('no url')), {}, 'REQUEST retried', /could not be had: no url/], // prettier-ignore
    ['a URL function that gives none', () => '', {}, 'REQUEST retried', /url must be ws\(s\)/],
    ['a protocol function that rejects', 'ws://stream.test', { protocols: () => Promise.reject(new Error('no token')) }, 'REQUEST retried', /no token/], // prettier-ignore
    ['a subprotocol that is none', 'ws://stream.test', { protocols: ['a b'] }, 'REQUEST final', /no WebSocket: SyntaxError/], // prettier-ignore
    ['a URL that the class refuses', 'ws://stream.test/#part', {}, 'REQUEST final', /no WebSocket: SyntaxError/],
  ])('%s is a failed attempt', async (_, url, options, end, message) => {
    const { told, errors } = connect(url, options)
    await vi.waitFor(() => expect(told).toEqual([`failed ${end}`]))
    expect(errors[0]?.message).toMatch(message)
  })

  test('no class at all says what to pass', async () => {
    vi.stubGlobal('WebSocket', undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    const recorded = recordLink()
    webSocket('ws://stream.test')({}).connect(recorded.link)
    await vi.waitFor(() => expect(recorded.told).toEqual(['failed REQUEST final']))
    expect(recorded.errors[0]?.message).toBe('no WebSocket: pass one, such as { WebSocket } of "ws"')
  })

  test('the class is looked up when dialling, and not before', async () => {
    vi.stubGlobal('WebSocket', undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    const server = await serveSockets(() => {})
    const recorded = recordLink()
    const transport = webSocket(server.url)({})
    vi.stubGlobal('WebSocket', WebSocket)
    transport.connect(recorded.link)
    await vi.waitFor(() => expect(recorded.told).toEqual(['opened']))
    recorded.abort()
  })
})
