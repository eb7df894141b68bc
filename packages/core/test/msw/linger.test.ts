import { describe, expect, test } from 'vitest'
import { mockFetch, setUp } from './mocked.ts'

mockFetch()

describe('a connection that its last stream has left', () => {
  test('lingers a second with reading held, and loses nothing when a stream joins within it', async () => {
    const { open, clock, scripted, manager } = setUp()
    const seen: unknown[] = []
    const before = open('/a', { onData: (n) => seen.push(['before', n]) })
    await clock.advance(0)
    scripted.connection(0).push(1)
    await clock.advance(0)
    before.close()
    // The reads that were under way when it left take a piece each; the rest stays where it is.
    for (let n = 2; n <= 20; n++) scripted.connection(0).push(n)
    await clock.advance(999)
    expect(scripted.connection(0).unread).toBeGreaterThanOrEqual(16)
    expect(manager.getActiveConnections()).toMatchObject([{ subscribers: 0, state: 'connected' }])

    const after = open('/a', { onData: (n) => seen.push(['after', n]) }, { id: 'after' })
    await clock.advance(0)
    expect(seen).toEqual([['before', 1], ...Array.from({ length: 19 }, (_, n) => ['after', n + 2])])
    expect(manager.getActiveConnections()).toMatchObject([{ id: 'after', subscribers: 1 }])
    await clock.advance(60_000)
    expect([after.state, scripted.requests.length]).toEqual(['connected', 1])
  })

  test('is gone after the second, and a stream that comes then dials', async () => {
    const { open, clock, scripted, manager } = setUp()
    open('/a').close()
    const stream = open('/a')
    await clock.advance(0)
    stream.close()
    await clock.advance(1000)
    expect([scripted.openConnections, clock.pending, manager.getActiveConnections()]).toEqual([0, 0, []])
    open('/a')
    await clock.advance(0)
    expect(scripted.requests).toHaveLength(2)
  })

  test('lingers as long as the option says, and not at all for 0', async () => {
    const { open, clock, scripted } = setUp()
    const long = open('/long', {}, { linger: 5000 })
    const none = open('/none', {}, { linger: 0 })
    await clock.advance(0)
    long.close()
    none.close()
    await clock.advance(0)
    expect([scripted.connection(0).isOpen, scripted.connection(1).isOpen]).toEqual([true, false])
    await clock.advance(4999)
    expect(scripted.openConnections).toBe(1)
    await clock.advance(1)
    expect(scripted.openConnections).toBe(0)
  })

  test('lingers while it is still being dialled, so that a double mount dials once', async () => {
    const { open, clock, scripted } = setUp()
    const first = open('/a')
    await Promise.resolve()
    first.close()
    open('/a')
    await clock.advance(60_000)
    expect([scripted.requests.length, scripted.openConnections]).toEqual([1, 1])
  })

  test.each([
    ['the signal aborts', 'signal'],
    ['the manager cleans the stream up', 'cleanup'],
    ['the manager cleans everything up', 'cleanupAll'],
  ] as const)('does not linger when %s', async (_, how) => {
    const { open, clock, scripted, manager } = setUp()
    const abort = new AbortController()
    const { id } = open('/a', {}, { signal: abort.signal })
    await clock.advance(0)
    if (how === 'signal') abort.abort()
    else manager[how](id)
    await clock.advance(0)
    expect([scripted.openConnections, clock.pending, manager.getActiveConnections()]).toEqual([0, 0, []])
  })

  test('does not dial again when it is lost while nobody is there', async () => {
    const { open, clock, scripted, manager } = setUp()
    const stream = open('/a')
    await clock.advance(0)
    stream.close()
    scripted.connection(0).drop()
    await clock.advance(60_000)
    expect([scripted.requests.length, clock.pending, manager.getActiveConnections()]).toEqual([1, 0, []])
  })
})
