import { createEnhancedSSEStream, createStream, createStreamManager, sse, streamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { mockFetch, origin, setUp } from './mocked.ts'

import type { StateChange, Stream } from '@steadystream/core'

mockFetch()
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.resetModules()
})

describe('a stream manager', () => {
  test('lists its connections with every field, and knows the state of each stream', async () => {
    const { open, manager, clock, scripted } = setUp()
    const first = open('/a?token=secret', {}, { id: 'first' })
    const second = open('/a?token=secret', {}, { id: 'second' })
    const other = open('/b')
    expect(manager.getActiveConnections()).toEqual([])
    await clock.advance(0)

    expect(manager.getActiveConnections()).toEqual([
      { id: 'first', url: `${origin}/a`, state: 'connected', transport: 'sse', subscribers: 2, since: clock.wallNow() },
      {
        id: other.id,
        url: `${origin}/b`,
        state: 'connected',
        transport: 'sse',
        subscribers: 1,
        since: clock.wallNow(),
      },
    ])
    expect([manager.getState('first'), manager.getState('unheard of')]).toEqual(['connected', 'disconnected'])

    first.close()
    scripted.connection(1).drop()
    await clock.advance(0)
    expect(manager.getActiveConnections().map(({ id, subscribers, state }) => [id, subscribers, state])).toEqual([
      ['second', 1, 'connected'],
      [other.id, 1, 'retrying'],
    ])
    expect([manager.getState('first'), manager.getState(other.id), second.state]).toEqual([
      'disconnected',
      'retrying',
      'connected',
    ])
  })

  test('gives each stream an ID of its own, and refuses one that is taken', () => {
    const { open } = setUp()
    const ids = [open('/a').id, open('/a').id, open('/a').id]
    expect(new Set(ids).size).toBe(3)
    open('/a', {}, { id: 'mine' })
    expect(() => open('/b', {}, { id: 'mine' })).toThrow(/id.*"mine"/)
  })

  test('cleans up one stream at once, without lingering, and the others live on', async () => {
    const { open, manager, clock, scripted } = setUp()
    const states: string[] = []
    open(
      '/a',
      { onData: () => {}, onStateChange: ({ state, reason }) => states.push(`${state} ${reason}`) },
      { id: 'a' },
    )
    open('/b', {}, { id: 'b' })
    await clock.advance(0)
    manager.cleanup('a')
    manager.cleanup('unheard of')
    await clock.advance(0)

    expect(states.at(-1)).toBe('disconnected closed')
    expect(manager.getActiveConnections().map(({ id }) => id)).toEqual(['b'])
    expect([scripted.connection(0).isOpen, scripted.connection(1).isOpen]).toEqual([false, true])
  })

  test('cleans up everything, what is waiting and what lingers included', async () => {
    const { open, manager, clock, scripted } = setUp()
    scripted.respond(503)
    open('/retrying')
    await clock.advance(0)
    const lingering = open('/lingering')
    open('/connected')
    await clock.advance(0)
    lingering.close()
    open('/not started', {}, { autoStart: false })
    expect(manager.getActiveConnections()).toHaveLength(3)
    manager.cleanupAll()
    await clock.advance(0)

    expect([manager.getActiveConnections(), scripted.openConnections, clock.pending]).toEqual([[], 0, 0])
  })

  test('lets a stream live that a handler starts again while everything is cleaned up', async () => {
    const { open, manager, clock, scripted } = setUp()
    let starts = 0
    const onStateChange = ({ state }: StateChange): void => {
      if (state === 'disconnected' && !starts++) stream.start()
    }
    const stream: Stream<unknown> = open('/a', { onStateChange })
    await clock.advance(0)
    manager.cleanupAll()
    await clock.advance(0)
    expect([stream.state, scripted.openConnections]).toEqual(['connected', 1])
    expect(manager.getActiveConnections()).toHaveLength(1)
  })

  test('lets its defaults stand behind the options of each stream', async () => {
    const mine = createScriptedStream()
    const { manager, clock, scripted } = setUp()
    manager.configure({
      clock,
      baseUrl: `${origin}/api/`,
      headers: { 'X-One': 'default', 'X-Two': 'default' },
      fetch: mine.fetch,
    })
    createEnhancedSSEStream('/a', {}, { manager, headers: { 'x-two': 'own' } })
    createStream({ transports: [sse('https://elsewhere.test/b')], manager })
    await clock.advance(0)

    expect(mine.requests.map(({ url, headers }) => [url, headers.get('X-One'), headers.get('X-Two')])).toEqual([
      [`${origin}/api/a`, 'default', 'own'],
      ['https://elsewhere.test/b', 'default', 'default'],
    ])
    expect(scripted.requests).toEqual([])
  })

  test('replaces its defaults, for streams opened from then on', async () => {
    const { open, manager, clock, scripted } = setUp({ headers: { 'X-User': 'a' } })
    open('/a')
    await clock.advance(0)
    manager.configure({ clock })
    open('/a')
    await clock.advance(0)

    expect(scripted.requests.map(({ headers }) => headers.get('X-User'))).toEqual(['a', null])
  })

  test('refuses wrong defaults, when made and when configured', () => {
    const { manager } = setUp()
    expect(() => createStreamManager({ timeout: -1 })).toThrow(RangeError)
    expect(() => manager.configure({ timeout: Number.NaN })).toThrow(/timeout.*NaN/)
    expect(() => manager.configure({ baseURL: origin } as never)).toThrow(/baseURL/)
  })

  test('tells listeners of streams and states; one that throws stops nobody', async () => {
    const { open, manager, clock } = setUp()
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(String(error)))
    const told: unknown[] = []
    manager.on('state', () => {
      throw new Error('faulty listener')
    })
    const stop = manager.on('added', ({ id }) => told.push(['added', id]))
    manager.on('state', ({ id, state, reason }) => told.push([id, state, reason]))
    manager.on('removed', ({ id }) => told.push(['removed', id]))
    const stream = open('/a', {}, { id: 'a' })
    await clock.advance(0)
    stop()
    open('/b', {}, { id: 'b', autoStart: false })
    stream.close()

    expect(told).toEqual([
      ['added', 'a'],
      ['a', 'connecting', 'started'],
      ['a', 'connected', 'opened'],
      ['removed', 'a'],
      ['a', 'disconnected', 'closed'],
    ])
    expect(reported).toEqual(Array.from({ length: 3 }, () => 'Error: faulty listener'))
  })

  test('keeps no connection of a stream that a listener closes when it starts again', async () => {
    const { open, manager, clock, scripted } = setUp()
    const stream = open('/a')
    await clock.advance(0)
    stream.close()
    manager.on('added', ({ id }) => manager.cleanup(id))
    stream.start()
    await clock.advance(2000)
    expect([stream.state, manager.getActiveConnections(), scripted.openConnections]).toEqual(['disconnected', [], 0])
  })

  test('is one and the same in two copies of the module', async () => {
    const scripted = createScriptedStream()
    const clock = createManualClock()
    vi.resetModules()
    const copy = await import('@steadystream/core')
    expect(copy.createEnhancedSSEStream).not.toBe(createEnhancedSSEStream)
    expect(copy.streamManager).toBe(streamManager)

    const config = { clock, fetch: scripted.fetch }
    const first = createEnhancedSSEStream(`${origin}/copies`, {}, config)
    const second = copy.createEnhancedSSEStream(`${origin}/copies`, {}, config)
    await clock.advance(0)
    expect(first.id).not.toBe(second.id)
    expect([
      scripted.requests.length,
      copy.streamManager.getActiveConnections().map(({ subscribers }) => subscribers),
    ]).toEqual([1, [2]])
    copy.streamManager.cleanupAll()
    expect([first.state, clock.pending]).toEqual(['disconnected', 0])
  })
})
