import { createServer } from 'node:net'

import { ws } from 'msw'
import { setupServer } from 'msw/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'

import { StreamError } from '../../src/index.ts'
import { webSocket } from '../../src/transports/websocket.ts'
import { scriptTransport } from '../support/scripted-transport.ts'
import { serveChannel } from './channel-server.ts'
import { recordStream } from './record-stream.ts'
import { serveSockets } from './socket-server.ts'

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

describe('a stream of steadystream.v1', () => {
  test('begins at the end of the channel, and gets what comes', async () => {
    const server = await serveChannel()
    server.publish('old')
    const { told, states, stream } = recordStream(server.url)
    await vi.waitFor(() => expect(stream.lastEventId).toBe('a:1'))
    server.publish({ n: 1 }, { n: 2 })
    server.publish({ n: 3 })
    await vi.waitFor(() => expect(told).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]))
    expect(states).toEqual(['connecting started', 'connected opened'])
    expect(stream.lastEventId).toBe('a:4')
  })

  test('begins at the start where it is told so', async () => {
    const server = await serveChannel()
    server.publish(1, 2)
    const { told } = recordStream(server.url, {}, { from: 'start' })
    await vi.waitFor(() => expect(told).toEqual([1, 2]))
    expect(server.asked).toEqual(['/feed?from=start'])
  })

  test('gets each event once, in order, without a gap, through cuts, closes and restarts', async () => {
    const server = await serveChannel()
    const { told, stream } = recordStream(server.url)
    await vi.waitFor(() => expect(stream.lastEventId).toBe('a:0'))
    for (const [round, code] of [0, 1000, 1001, 3001, 0, 4001].entries()) {
      const first = round * 20 + 1
      server.publish(...numbers(first, first + 9))
      await vi.waitFor(() => expect(told).toContain(first + 9))
      server.closeAll(code)
      server.publish(...numbers(first + 10, first + 19))
    }
    await vi.waitFor(() => expect(told).toContain(120))
    expect(told.filter((each) => typeof each === 'number')).toEqual(numbers(1, 120))
    const lost = ['NETWORK', 'ENDED', 'ENDED', 'ENDED', 'NETWORK', 'ENDED'].map((code) => `${code} retried`)
    expect(told.filter((each) => typeof each === 'string')).toEqual(lost)
    expect(server.asked.slice(1)).toEqual([10, 30, 50, 70, 90, 110].map((at) => `/feed?lastEventId=a%3A${at}`))
  })

  test('is told once of what the server has forgotten, in its place', async () => {
    const server = await serveChannel()
    const { told, stream } = recordStream(server.url)
    await vi.waitFor(() => expect(stream.lastEventId).toBe('a:0'))
    server.publish(1, 2)
    await vi.waitFor(() => expect(told).toEqual([1, 2]))
    server.closeAll(0)
    server.publish(3, 4, 5)
    server.forget(4)
    await vi.waitFor(() => expect(told.at(-1)).toBe('gap lost a:2 a:5'))
    server.publish(6)
    await vi.waitFor(() => expect(told.at(-1)).toBe(6))
    expect(told).toEqual([1, 2, 'NETWORK retried', 'gap lost a:2 a:5', 6])
  })

  test('is told of a server that has started anew', async () => {
    const server = await serveChannel()
    const { told, stream } = recordStream(server.url)
    await vi.waitFor(() => expect(stream.lastEventId).toBe('a:0'))
    server.publish(1)
    await vi.waitFor(() => expect(told).toEqual([1]))
    server.newEpoch('b')
    server.closeAll(1001)
    await vi.waitFor(() => expect(told.at(-1)).toBe('gap lost a:1 b:0'))
    server.publish(2)
    await vi.waitFor(() => expect(told).toEqual([1, 'ENDED retried', 'gap lost a:1 b:0', 2]))
  })

  test('completes, and does not come back', async () => {
    const server = await serveChannel()
    const { told, states, stream } = recordStream(server.url)
    await vi.waitFor(() => expect(stream.lastEventId).toBe('a:0'))
    server.publish(1)
    server.complete()
    await vi.waitFor(() => expect(told).toEqual([1, 'complete']))
    await vi.waitFor(() => expect(server.open).toBe(0))
    expect(states.at(-1)).toBe('disconnected completed')
    expect(server.asked).toHaveLength(1)
  })

  test('ends for good on a code that says so', async () => {
    const server = await serveSockets((socket) => socket.close(3501, 'bad request'))
    const { told, states } = recordStream(server.url)
    await vi.waitFor(() => expect(states.at(-1)).toBe('error fatal'))
    expect(told).toEqual(['SERVER_CLOSE final'])
  })

  test('trap 35: is closed by its user with 1000, at once', async () => {
    const server = await serveChannel()
    const { stream, states } = recordStream(server.url)
    await vi.waitFor(() => expect(states.at(-1)).toBe('connected opened'))
    stream.close()
    await vi.waitFor(() => expect(server.closed).toEqual([1000]))
    expect(states.at(-1)).toBe('disconnected closed')
  })
})

describe('a stream of another server', () => {
  test('gets each message, and is told that something may be missing when it comes back', async () => {
    const server = await serveSockets((socket, _, nth) => {
      socket.send(`{"nth":${nth}}`)
      if (nth === 0) socket.close(1000)
    })
    const { told } = recordStream(server.url, { protocols: [] })
    await vi.waitFor(() =>
      expect(told).toEqual([{ nth: 0 }, 'ENDED retried', 'gap unknown undefined undefined', { nth: 1 }]),
    )
  })

  test('is told so with each link, also where another transport had brought ids before', async () => {
    const sse = scriptTransport('sse')
    const server = await serveSockets((socket, _, nth) => {
      socket.send(`{"nth":${nth}}`)
      if (nth === 0) socket.close(1000)
    })
    const transports = [sse.make, webSocket(server.url, { WebSocket, protocols: [] })] as const
    const { told } = recordStream(server.url, {}, { transports })
    await vi.waitFor(() => expect(sse.links).toHaveLength(1))
    sse.link().opened()
    sse.bring('17', 'from SSE')
    sse.link().failed(new StreamError('CONTENT_TYPE', 'a page of a proxy', { retryable: false }))
    const gap = 'gap unknown undefined undefined'
    await vi.waitFor(() =>
      expect(told).toEqual(['from SSE', 'CONTENT_TYPE retried', gap, { nth: 0 }, 'ENDED retried', gap, { nth: 1 }]),
    )
  })

  test('completes on a clean end where it is told so', async () => {
    const server = await serveSockets((socket) => {
      socket.send('1')
      socket.close(1000)
    })
    const { told } = recordStream(server.url, { protocols: [] }, { reconnectOnClose: false })
    await vi.waitFor(() => expect(told).toEqual([1, 'complete']))
  })
})

test('a server that never answers is given up after the timeout, and let go', async () => {
  let open = 0
  const silent = createServer((socket) => {
    open += 1
    socket.on('error', () => {}).on('close', () => (open -= 1))
    socket.resume()
  })
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  const { port } = silent.address() as { port: number } // it listens on a port
  const { told } = recordStream(`ws://127.0.0.1:${port}`, {}, { timeout: 30, maxRetries: 1 })
  await vi.waitFor(() => expect(told).toEqual(['TIMEOUT retried', 'TIMEOUT final']))
  await vi.waitFor(() => expect(open).toBe(0))
})

test('a URL function that never settles is given up after the timeout, and asked again', async () => {
  const server = await serveChannel()
  let asked = 0
  const url = () => (asked++ ? server.url : new Promise<never>(() => {}))
  const { told, states } = recordStream(url, {}, { timeout: 30 })
  await vi.waitFor(() => expect(states.at(-1)).toBe('connected opened'))
  expect(told).toEqual(['TIMEOUT retried'])
})

test('a mocked server is received as a real one is', async () => {
  // MSW puts itself in the place of the runtime's class, which Node 20 does not have.
  if (!globalThis.WebSocket) {
    vi.stubGlobal('WebSocket', WebSocket)
    onTestFinished(() => void vi.unstubAllGlobals())
  }
  const feed = ws.link('ws://stream.test/feed')
  const mocked = setupServer(
    feed.addEventListener('connection', ({ client }) => {
      client.send('[{"type":"connected"},{"type":"subscribed","position":"e:0"}]')
      client.send('{"type":"event","position":"e:1","data":1}')
    }),
  )
  mocked.listen()
  onTestFinished(() => mocked.close())
  const { told, stream } = recordStream('ws://stream.test/feed', { WebSocket: undefined })
  await vi.waitFor(() => expect(told).toEqual([1]))
  expect(stream.lastEventId).toBe('e:1')
  for (const client of feed.clients) client.close(3501, 'bad request')
  await vi.waitFor(() => expect(told).toEqual([1, 'SERVER_CLOSE final']))
})
