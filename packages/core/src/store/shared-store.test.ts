import { describe, expect, test } from 'vitest'

import { createEnhancedSSEStream } from '../create-stream.ts'
import { createStreamManager } from '../manager.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { createScriptedStream } from '../testing/scripted-stream.ts'
import { sharedStore } from './shared-store.ts'

import type { EnhancedStreamConfig } from '../create-stream.ts'
import type { StreamHandlers } from '../handlers.ts'

let lastKey = 0

function setUp(own: EnhancedStreamConfig<string> & { readonly autoStart?: boolean } = {}) {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  const key = `store ${++lastKey}`
  const { linger, autoStart } = own
  const store = () =>
    sharedStore<string, string>(key, {
      initial: '',
      reduce: (text, data) => text + data,
      clock,
      linger,
      autoStart,
      open: (handlers, signal) =>
        createEnhancedSSEStream('https://example.test/a', handlers, {
          ...{ clock, manager, signal, fetch: scripted.fetch, parse: 'text' },
          ...own,
        }),
    })
  const watch = (handlers: StreamHandlers<string> = {}) =>
    store().watch({ changed: () => changes.push(store().getSnapshot().data), handlers: () => handlers })
  const changes: string[] = []
  return { scripted, clock, manager, store, watch, changes }
}

describe('a store', () => {
  test('opens nothing until it is watched', async () => {
    const { scripted, clock, store, watch } = setUp()
    store().connect()
    store().update(() => 'nobody')
    await clock.advance(1000)
    expect([scripted.requests.length, store().getSnapshot()]).toEqual([0, store().getIdle()])

    watch()
    await clock.advance(20)
    expect([scripted.requests.length, store().getSnapshot().link.state]).toEqual([1, 'connected'])
  })

  test('publishes once per frame, however much comes', async () => {
    const { scripted, clock, watch, changes } = setUp()
    watch()
    await clock.advance(100)
    changes.length = 0
    for (let n = 0; n < 10; n++) scripted.connection(0).push(String(n))
    await clock.advance(15)
    expect(changes).toEqual([])
    scripted.connection(0).push('!')
    await clock.advance(1)
    await clock.advance(100)
    expect(changes).toEqual(['0123456789!'])
  })

  test('throws for a wrong option when it is watched, names it, and keeps nothing', () => {
    const { clock, manager, store, watch } = setUp({ timeout: -1 })
    expect(() => watch()).toThrow(/timeout.*-1/)
    expect(() => watch()).toThrow(RangeError)
    expect([manager.getActiveConnections(), clock.pending, store().getSnapshot()]).toEqual([[], 0, store().getIdle()])
  })

  test('shows one who comes late what the others see', async () => {
    const { scripted, clock, store, watch } = setUp()
    watch()
    await clock.advance(100)
    scripted.connection(0).push('1')
    await clock.advance(5)
    watch()
    expect(store().getSnapshot().data).toBe('')
    await clock.advance(16)
    expect(store().getSnapshot().data).toBe('1')
  })

  test('holds events back while nobody watches, and ends if nobody comes back', async () => {
    const { scripted, clock, store, watch } = setUp({ maxBufferedEvents: 2, linger: 500 })
    const leave = watch()
    await clock.advance(0)
    leave()
    for (let n = 0; n < 20; n++) scripted.connection(0).push('x')
    await clock.advance(499)
    expect(store().getSnapshot().data).toBe('')
    expect(scripted.connection(0).unread).toBeGreaterThan(10)

    watch()()
    await clock.advance(500)
    expect([scripted.openConnections, clock.pending, store().getSnapshot()]).toEqual([0, 0, store().getIdle()])
  })

  test('lets an event that nobody was there for come again when it has ended and is watched anew', async () => {
    let stored = ''
    const { scripted, clock, watch } = setUp({ persist: { get: () => stored, set: (id) => void (stored = id) } })
    const seen: string[] = []
    const leave = watch({ onData: (data) => seen.push(data) })
    await clock.advance(0)
    scripted.connection(0).connected({ id: 'a:0' })
    scripted.connection(0).push({ id: 'a:1', data: '1' })
    await clock.advance(0)
    leave()
    scripted.connection(0).push({ id: 'a:2', data: '2' })
    await clock.advance(1000)
    expect([seen, stored, scripted.openConnections]).toEqual([['1'], 'a:1', 0])

    watch()
    await clock.advance(0)
    expect(scripted.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'a:1'])
  })

  test('lets an event wait while all who watch are about to leave', async () => {
    const { scripted, clock, store } = setUp()
    const seen: string[] = []
    const component: { handlers?: StreamHandlers<string> } = {}
    const watch = () => store().watch({ changed() {}, handlers: () => component.handlers })
    const leave = watch()
    await clock.advance(0)
    scripted.connection(0).push('1')
    await clock.advance(0)
    expect(store().getSnapshot().data).toBe('')
    leave()
    component.handlers = { onData: (data) => seen.push(data) }
    watch()
    await clock.advance(20)
    expect([seen, store().getSnapshot().data]).toEqual([['1'], '1'])
  })

  test('takes what waited in order when somebody comes back', async () => {
    const { scripted, clock, store, watch } = setUp({ maxBufferedEvents: 2 })
    watch()()
    await clock.advance(0)
    for (const text of ['1', '2', '3', '4', '5']) scripted.connection(0).push(text)
    await clock.advance(0)
    watch()
    await clock.advance(20)
    expect(store().getSnapshot().data).toBe('12345')
  })

  test('tells all who watch, those whose handlers throw included, and waits for the slowest', async () => {
    const { scripted, clock, watch } = setUp()
    const seen: string[] = []
    let finish = () => {}
    watch({
      onData(data) {
        seen.push(`slow ${data}`)
        return new Promise<void>((resolve) => (finish = resolve))
      },
    })
    watch({ onData: (data) => seen.push(`quick ${data}`) })
    await clock.advance(0)
    scripted.connection(0).push('1')
    scripted.connection(0).push('2')
    await clock.advance(0)
    expect(seen).toEqual(['slow 1', 'quick 1'])
    finish()
    await clock.advance(0)
    expect(seen).toEqual(['slow 1', 'quick 1', 'slow 2', 'quick 2'])
  })

  test('waits to be started where it is told to, and starts again after its end', async () => {
    const { scripted, clock, store, watch } = setUp({ autoStart: false })
    watch()
    await clock.advance(100)
    expect([store().getSnapshot().link.state, scripted.requests.length]).toEqual(['disconnected', 0])
    store().connect()
    await clock.advance(100)
    expect(store().getSnapshot().link).toMatchObject({ state: 'connected', isConnected: true, transport: 'sse' })
    store().disconnect()
    store().update((text) => `${text}left`)
    await clock.advance(2000)
    expect(store().getSnapshot()).toMatchObject({ data: 'left', link: { state: 'disconnected', isConnected: false } })
    expect(scripted.openConnections).toBe(0)
  })

  test('shows the same object where what is asked for changes nothing', async () => {
    const { clock, store, watch, changes } = setUp()
    watch()
    await clock.advance(100)
    const before = store().getSnapshot()
    changes.length = 0
    store().connect()
    store().send('nobody takes it' as never)
    await clock.advance(100)
    expect([store().getSnapshot() === before, changes]).toEqual([true, []])
  })

  test('hands what is invalid to onError where there is no onInvalid', async () => {
    const { scripted, clock, store, watch } = setUp({ parse: 'json' })
    const codes: string[] = []
    watch({ onError: ({ code }) => codes.push(`error ${code}`) })
    watch({ onInvalid: ({ code }) => codes.push(`invalid ${code}`), onError: () => codes.push('wrong') })
    await clock.advance(0)
    scripted.connection(0).raw('data: {\n\n')
    await clock.advance(20)
    expect(codes).toEqual(['error PARSE', 'invalid PARSE'])
    expect(store().getSnapshot().link.error?.code).toBe('PARSE')
  })
})
