import { createStreamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { expect, test } from 'vitest'
import { sharedStore } from './shared-store.ts'

const append = (text: string, data: string) => text + data

function setUp() {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  const options = { url: 'https://example.test/a', manager, clock, fetch: scripted.fetch, parse: 'text' as const }
  return { scripted, clock, manager, options: { ...options, reduce: append, initial: '' } }
}

const watchNothing = () => {}

test('opens nothing until it is watched', async () => {
  const { options, scripted, clock } = setUp()
  const store = sharedStore(options)
  store.connect()
  await clock.advance(1000)
  expect([scripted.requests.length, store.getSnapshot()]).toEqual([0, store.idle])

  store.watch(watchNothing, () => undefined)
  await clock.advance(20)
  expect([scripted.requests.length, store.getSnapshot().state]).toEqual([1, 'connected'])
})

test('is one for equal options, whatever their order', async () => {
  const { options, scripted, clock } = setUp()
  const { url, ...rest } = options
  sharedStore({ ...options, jitter: 0, headers: { a: '1' } }).watch(watchNothing, () => undefined)
  await clock.advance(0)
  scripted.connection(0).push('shared')
  await clock.advance(20)

  expect(sharedStore({ headers: { A: '1' }, jitter: 0, ...rest, url, timeout: undefined }).getSnapshot().data).toBe(
    'shared',
  )
  expect(sharedStore({ ...options, jitter: 1 }).getSnapshot().data).toBe('')
})

test('throws for a wrong option when it is watched, names it, and keeps nothing', () => {
  const { options, manager, clock } = setUp()
  const store = sharedStore({ ...options, timeout: -1 })
  expect(() => store.watch(watchNothing, () => undefined)).toThrow(/timeout.*-1/)
  expect(() => store.watch(watchNothing, () => undefined)).toThrow(RangeError)
  expect([manager.getActiveConnections(), clock.pending, store.getSnapshot()]).toEqual([[], 0, store.idle])
})

test('holds events back while nobody watches, and ends if nobody comes back', async () => {
  const { options, scripted, clock } = setUp()
  const store = sharedStore({ ...options, maxBufferedEvents: 2, linger: 500 })
  const leave = store.watch(watchNothing, () => undefined)
  await clock.advance(0)
  leave()
  for (let n = 0; n < 20; n++) scripted.connection(0).push('x')
  await clock.advance(499)
  expect(store.getSnapshot().data).toBe('')
  expect(scripted.connection(0).unread).toBeGreaterThan(10)

  store.watch(watchNothing, () => undefined)()
  await clock.advance(0)
  expect(store.getSnapshot().data).toBe('')
  await clock.advance(500)
  expect([scripted.openConnections, clock.pending, store.getSnapshot()]).toEqual([0, 0, store.idle])
})

test('takes what waited in order when somebody comes back', async () => {
  const { options, scripted, clock } = setUp()
  const store = sharedStore({ ...options, maxBufferedEvents: 2 })
  store.watch(watchNothing, () => undefined)()
  await clock.advance(0)
  for (const text of ['1', '2', '3', '4', '5']) scripted.connection(0).push(text)
  await clock.advance(0)
  store.watch(watchNothing, () => undefined)
  await clock.advance(20)

  expect(store.getSnapshot().data).toBe('12345')
})
