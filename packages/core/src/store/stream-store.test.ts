import { describe, expect, test, vi } from 'vitest'

import { createEnhancedSSEStream } from '../create-stream.ts'
import { createStreamManager } from '../manager.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { createScriptedStream } from '../testing/scripted-stream.ts'
import { createStreamStore } from './stream-store.ts'

import type { StreamHandlers } from '../handlers.ts'

/** A store whose stream persists its place, as far as event `a:1`, which has been seen. */
async function setUp(onData: (data: string) => unknown) {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  const place = { id: '' }
  const persist = { get: () => place.id, set: (id: string) => void (place.id = id) }
  const config = { clock, manager, persist, fetch: scripted.fetch, parse: 'text' } as const
  const store = createStreamStore<string, string>(
    {
      initial: '',
      reduce: (text, data) => text + data,
      clock,
      open: (handlers, signal) =>
        createEnhancedSSEStream('https://example.test/a', handlers, { ...config, signal, jitter: 0 }),
    },
    () => {},
  )
  const watch = (handlers: StreamHandlers<string>) => store.watch({ changed() {}, handlers: () => handlers })
  const leave = watch({ onData })
  await clock.advance(0)
  scripted.connection(0).connected({ id: 'a:0' })
  scripted.connection(0).push({ id: 'a:1', data: '1' })
  await clock.advance(0)
  return { scripted, clock, manager, place, store, watch, leave }
}

describe('a store that nobody watches', () => {
  test.each(['disconnect', 'cleanupAll'] as const)(
    'leaves what nobody was there for to the next start when %s() ends its stream',
    async (how) => {
      const seen: string[] = []
      const onData = (data: string) => seen.push(data)
      const { scripted, clock, manager, place, store, watch, leave } = await setUp(onData)
      leave()
      scripted.connection(0).push({ id: 'a:2', data: '2' })
      scripted.connection(0).push({ id: 'a:3', data: '3' })
      await clock.advance(0)
      if (how === 'disconnect') store.disconnect()
      else manager.cleanupAll()
      await clock.advance(0)
      expect(place.id).toBe('a:1')

      watch({ onData })
      store.connect()
      await clock.advance(0)
      expect(scripted.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'a:1'])
      scripted.connection(1).connected({ id: 'a:1', recovered: true })
      scripted.connection(1).push({ id: 'a:2', data: '2' })
      scripted.connection(1).push({ id: 'a:3', data: '3' })
      await clock.advance(20)
      expect([seen, store.getSnapshot().data, place.id]).toEqual([['1', '2', '3'], '123', 'a:3'])
    },
  )

  test('takes what a handler was at for handled, whatever else it is to tell', async () => {
    const { scripted, clock, place, leave } = await setUp(() => new Promise(() => {}))
    leave()
    scripted.connection(0).drop()
    await clock.advance(1000)
    expect([place.id, scripted.openConnections]).toEqual(['a:1', 0])
  })

  test('tells what waited before what is done by somebody who comes', async () => {
    const { scripted, clock, store, watch, leave } = await setUp(() => {})
    leave()
    scripted.connection(0).drop()
    await clock.advance(0)
    const states: string[] = []
    watch({ onStateChange: ({ state }) => states.push(state) })
    store.disconnect()
    await clock.advance(20)
    expect([states, store.getSnapshot().link.state]).toEqual([['retrying', 'disconnected'], 'disconnected'])
  })
})

test('a store tells all who watch of what is new, though one of them throws', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { clock, store } = await setUp(() => {})
  const told: string[] = []
  const changed = () => {
    told.push(store.getSnapshot().data)
    throw new Error('not ready')
  }
  for (let n = 0; n < 2; n++) store.watch({ changed, handlers: () => ({}) })
  await clock.advance(20)
  expect([told, report.mock.calls.length]).toEqual([['1', '1'], 2])
  report.mockRestore()
})

test('a store waits for the slowest handler, though another one has failed, and reports each failure', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  const seen: string[] = []
  let finish = () => {}
  const { scripted, clock, watch } = await setUp(() => {})
  const slow = (data: string) => {
    seen.push(data)
    return new Promise<void>((resolve) => (finish = resolve))
  }
  for (const onData of [slow, () => Promise.reject(new Error('one')), () => Promise.reject(new Error('another'))])
    watch({ onData })
  scripted.connection(0).push({ id: 'a:2', data: '2' })
  scripted.connection(0).push({ id: 'a:3', data: '3' })
  await clock.advance(0)
  expect([seen, report.mock.calls.flat().map(String)]).toEqual([['2'], ['Error: one', 'Error: another']])
  finish()
  await clock.advance(0)
  expect(seen).toEqual(['2', '3'])
  report.mockRestore()
})
