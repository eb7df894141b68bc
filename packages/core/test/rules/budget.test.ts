import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { createEnhancedSSEStream, createStream, createStreamManager, StreamError } from '../../src/index.ts'
import { createManualClock, createScriptedStream } from '../../src/testing/index.ts'
import { scriptTransport } from '../support/scripted-transport.ts'

import type { StreamConfig } from '../../src/index.ts'

let warnings: string[] = []
beforeEach(() => {
  warnings = []
  vi.spyOn(console, 'warn').mockImplementation((message: string) => void warnings.push(message))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** A manager whose streams have a connection each. */
function setUp(config: StreamConfig = {}) {
  const clock = createManualClock()
  const server = createScriptedStream()
  const manager = createStreamManager()
  onTestFinished(() => manager.cleanupAll())
  const open = (id: string, url = 'http://stream.test/events', own: StreamConfig = {}) => {
    const log: string[] = []
    const stream = createEnhancedSSEStream(
      url,
      { onData: () => {}, onStateChange: ({ state, reason }) => void log.push(`${state} ${reason}`) },
      { id, clock, manager, fetch: server.fetch, pool: false, ...config, ...own },
    )
    return { stream, log }
  }
  return { clock, server, manager, open }
}

describe('maxConnectionsPerOrigin', () => {
  it('lets the next stream wait, and says for whom', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 2, heartbeatInterval: 0 })
    open('orders')
    open('prices')
    const { log, stream } = open('chat')
    await clock.advance(600_000)
    expect([log, stream.state]).toEqual([['connecting queued'], 'connecting'])
    expect([server.requests.length, warnings.length]).toEqual([2, 1])
    expect(warnings[0]).toContain('3 streams to http://stream.test (orders, prices): the last one waits. ')
  })

  it('gives the place of one that is closed to the one that has waited longest', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1 })
    const first = open('first')
    const second = open('second')
    const third = open('third')
    await clock.advance(1000)
    first.stream.close()
    await clock.advance(0)
    expect(second.log).toEqual(['connecting queued', 'connecting resumed', 'connected opened'])
    expect([third.log, server.openConnections]).toEqual([['connecting queued'], 1])
    second.stream.close()
    await clock.advance(0)
    expect([third.log.at(-1), server.openConnections]).toEqual(['connected opened', 1])
  })

  it('gives on the place of one that has completed', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1 })
    open('first')
    const { log } = open('second')
    await clock.advance(0)
    server.connection(0).complete()
    await clock.advance(0)
    expect(log).toEqual(['connecting queued', 'connecting resumed', 'connected opened'])
  })

  it('gives on the place of one that has given up, which then waits for another', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1 })
    server.respond(403)
    const first = open('first')
    const second = open('second')
    await clock.advance(1000)
    expect(second.log).toEqual(['connecting queued', 'connecting resumed', 'connected opened'])
    first.stream.start()
    await clock.advance(1000)
    expect([first.log.slice(2), server.openConnections]).toEqual([['connecting queued'], 1])
    second.stream.close()
    await clock.advance(0)
    expect([first.log.at(-1), server.openConnections]).toEqual(['connected opened', 1])
  })

  it('gives on one place, and not two, of one that has completed', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 4 })
    for (let n = 0; n < 20; n++) open(`${n}`)
    await clock.advance(0)
    const connections: number[] = []
    for (let n = 0; n < 6; n++) {
      server.connection(n).complete()
      await clock.advance(0)
      connections.push(server.openConnections)
    }
    expect(connections).toEqual([4, 4, 4, 4, 4, 4])
  })

  it('gives on one place, and not two, of one that has given up and is closed then', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1 })
    server.respond(403)
    const [first, ...others] = ['first', 'second', 'third'].map((id) => open(id))
    await clock.advance(0)
    first?.stream.close()
    await clock.advance(0)
    expect(others.map(({ log }) => log.at(-1))).toEqual(['connected opened', 'connecting queued'])
  })

  it('gives on the place of one that falls back to an address elsewhere', async () => {
    const { clock, manager } = setUp()
    const open = () => {
      const sse = scriptTransport('sse', { url: 'http://stream.test/events' })
      const socket = scriptTransport('websocket', { url: 'ws://stream.test/ws' })
      const transports = [sse.make, socket.make] as const
      const stream = createStream({ transports, clock, manager, maxConnectionsPerOrigin: 1, onData: () => {} })
      return { sse, stream }
    }
    const [first, second] = [open(), open()]
    await clock.advance(0)
    first.sse.link().failed(new StreamError('CONTENT_TYPE', 'a proxy', { retryable: false }))
    await clock.advance(0)
    expect([first.stream.transport, second.sse.links.length]).toEqual(['websocket', 1])
  })

  it('counts one that was told to reconnect while it waited', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1 })
    const [first, second, third] = [open('first'), open('second'), open('third')]
    await clock.advance(0)
    third.stream.reconnect()
    await clock.advance(0)
    first.stream.close()
    await clock.advance(1000)
    expect([second.stream.state, third.stream.state, server.openConnections]).toEqual(['connecting', 'connected', 1])
  })

  it('keeps no stream from a free place that waited for one before it gave up', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1 })
    const [first, second] = [open('first'), open('second')]
    await clock.advance(0)
    server.respond(403)
    second.stream.reconnect()
    await clock.advance(0)
    first.stream.close()
    second.stream.start()
    await clock.advance(0)
    expect([second.log.slice(-2), server.openConnections]).toEqual([['connecting started', 'connected opened'], 1])
  })

  it('lets a stream wait that comes back to life', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1, maxRetries: 0 })
    server.refuse()
    const [first, second] = [open('first'), open('second')]
    await clock.advance(0)
    // Sleep, after which there may be a network.
    clock.jump(60_000)
    await clock.advance(10_000)
    expect([first.log.at(-1), server.openConnections]).toEqual(['connecting queued', 1])
    second.stream.close()
    await clock.advance(0)
    expect([first.log.at(-1), server.openConnections]).toEqual(['connected opened', 1])
  })

  it('gives nothing where one that waits is closed', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1 })
    open('first')
    const second = open('second')
    const third = open('third')
    await clock.advance(0)
    second.stream.close()
    await clock.advance(1000)
    expect([second.log, third.log, server.requests.length]).toEqual([
      ['connecting queued', 'disconnected closed'],
      ['connecting queued'],
      1,
    ])
  })

  it('keeps the place of a stream that is on its way back', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1, jitter: 0 })
    const first = open('first')
    const second = open('second')
    await clock.advance(0)
    server.connection(0).drop()
    await clock.advance(60_000)
    expect([first.stream.state, second.log]).toEqual(['connected', ['connecting queued']])
  })

  it('counts origins apart, and streams that share a connection once', async () => {
    const { clock, server, open } = setUp({ maxConnectionsPerOrigin: 1 })
    open('here')
    const there = open('there', 'http://other.test/events')
    const shared = ['a', 'b'].map((id) => open(id, 'http://third.test/events', { pool: true }))
    await clock.advance(0)
    expect([there.stream.state, ...shared.map(({ stream }) => stream.state)]).toEqual(Array(3).fill('connected'))
    expect([server.requests.length, warnings]).toEqual([3, []])
  })
})

describe('by default', () => {
  /** A page of this origin, which came over this protocol. */
  function stubPage(protocol: string, origin = 'http://stream.test') {
    vi.stubGlobal('document', {})
    vi.stubGlobal('location', { origin })
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([
      // What the navigation entry of a page tells of it.
      { nextHopProtocol: protocol } as unknown as PerformanceEntry,
    ])
  }

  it('trap 46: the fifth stream to the origin of a page over HTTP/1.1 waits', async () => {
    stubPage('http/1.1')
    const { clock, server, open } = setUp()
    const opened = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => open(id))
    await clock.advance(0)
    expect(opened.map(({ stream }) => stream.state)).toEqual([
      ...Array(4).fill('connected'),
      'connecting',
      'connecting',
    ])
    expect([server.openConnections, warnings.length]).toEqual([4, 2])
    opened[0]?.stream.close()
    await clock.advance(0)
    expect(opened.slice(4).map(({ stream }) => stream.state)).toEqual(['connected', 'connecting'])
  })

  it.each<[string, () => void, number]>([
    ['of a page over HTTP/2', () => stubPage('h2'), 1],
    ['to another origin than the page', () => stubPage('http/1.1', 'http://page.test'), 1],
    ['where there is no page', () => {}, 0],
  ])('streams %s do not wait; a page is warned', async (_, stub, warned) => {
    stub()
    const { clock, open } = setUp()
    const opened = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => open(id))
    await clock.advance(0)
    expect(opened.map(({ stream }) => stream.state)).toEqual(Array(7).fill('connected'))
    expect(warnings).toHaveLength(warned)
  })
})
