import { describe, expect, test, vi } from 'vitest'
import { mockFetch, setUp } from './mocked.ts'

mockFetch()

describe('a shared connection', () => {
  test('hands every event to each, in order, and closes with the last', async () => {
    const { open, clock, scripted, manager } = setUp()
    const seen: unknown[] = []
    const streams = ['a', 'b', 'c'].map((name) => open('/same', { onData: (n) => seen.push([name, n]) }))
    await clock.advance(0)
    scripted.connection(0).push(1)
    await clock.advance(0)
    streams[0]?.close()
    scripted.connection(0).push(2)
    await clock.advance(0)
    streams[1]?.close()
    await clock.advance(60_000)
    expect(scripted.openConnections).toBe(1)
    streams[2]?.close()
    await clock.advance(1000)

    expect(seen).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
      ['b', 2],
      ['c', 2],
    ])
    expect([scripted.openConnections, clock.pending, manager.getActiveConnections()]).toEqual([0, 0, []])
  })

  test('gives a late joiner its state at once, and events from then on', async () => {
    const { open, clock, scripted } = setUp()
    open('/same')
    await clock.advance(0)
    scripted.connection(0).push({ id: '1', data: 1 })
    await clock.advance(6000)
    const told: unknown[] = []
    const late = open('/same', {
      onOpen: () => told.push('open'),
      onData: (n) => told.push(n),
      onStateChange: ({ previous, state, reason }) => told.push([previous, state, reason]),
    })
    await Promise.resolve()
    expect([late.state, late.lastEventId]).toEqual(['connected', '1'])
    scripted.connection(0).push({ id: '2', data: 2 })
    await clock.advance(0)

    expect(told).toEqual([['disconnected', 'connected', 'joined'], 'open', 2])
    expect(late.lastEventId).toBe('2')
  })

  test('is lost and found again for all of them', async () => {
    const { open, clock, scripted } = setUp()
    const told: unknown[][] = [[], []]
    for (const own of told)
      open('/same', {
        onData: (n) => own.push(n),
        onError: ({ code }) => own.push(code),
        onGap: ({ kind }) => own.push(kind),
      })
    await clock.advance(0)
    scripted.connection(0).push(1)
    scripted.connection(0).drop()
    await clock.advance(2000)
    scripted.connection(1).push(2)
    await clock.advance(0)

    expect(told).toEqual([
      [1, 'NETWORK', 'unknown', 2],
      [1, 'NETWORK', 'unknown', 2],
    ])
    expect(scripted.requests).toHaveLength(2)
  })

  test('is held back by its slowest, who is named in one warning, and commits for each by itself', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { open, clock, scripted } = setUp({ maxBufferedEvents: 10 })
    let release = () => {}
    const wait = () => new Promise<void>((resolve) => (release = resolve))
    const seen = { quick: 0, slow: 0 }
    const quick = open('/same', { onData: () => void seen.quick++ }, { id: 'quick' })
    const slow = open(
      '/same',
      { onData: (n) => (seen.slow++, n === 1 || n === 51 ? wait() : undefined) },
      { id: 'slow' },
    )
    await clock.advance(0)
    for (const first of [1, 51]) {
      for (let n = first; n < first + 50; n++) scripted.connection(0).push({ id: String(n), data: n })
      await clock.advance(0)

      expect(seen.slow).toBe(first)
      expect(seen.quick).toBeLessThan(first + 15)
      expect(scripted.connection(0).unread).toBeGreaterThan(30)
      expect([slow.lastEventId, quick.lastEventId]).toEqual([first === 1 ? '' : '50', String(seen.quick)])
      // Nothing is read, so silence proves nothing.
      await clock.advance(3_600_000)
      expect(scripted.requests).toHaveLength(1)
      release()
      await vi.waitFor(async () => {
        await clock.advance(0)
        expect(seen).toEqual({ quick: first + 49, slow: first + 49 })
      })
    }
    expect([slow.lastEventId, quick.lastEventId]).toEqual(['100', '100'])
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/slow/)]])
    warn.mockRestore()
  })

  test('is not held back any more once the slow one has left', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { open, clock, scripted } = setUp({ maxBufferedEvents: 10 })
    const seen: unknown[] = []
    open('/same', { onData: (n) => seen.push(n) })
    const slow = open('/same', { onData: () => new Promise(() => {}) })
    await clock.advance(0)
    for (let n = 1; n <= 50; n++) scripted.connection(0).push(n)
    await clock.advance(0)
    expect(seen.length).toBeLessThan(15)
    slow.close()
    await vi.waitFor(async () => {
      await clock.advance(0)
      expect(seen).toHaveLength(50)
    })
    warn.mockRestore()
  })

  test('goes on when a handler of one throws', async () => {
    const report = vi.fn<(error: unknown) => void>()
    vi.stubGlobal('reportError', report)
    const { open, clock, scripted } = setUp()
    const seen: unknown[] = []
    open('/same', {
      onData() {
        throw new Error('faulty handler')
      },
    })
    open('/same', { onData: (n) => seen.push(n) })
    await clock.advance(0)
    scripted.connection(0).push(1)
    scripted.connection(0).push(2)
    await clock.advance(0)
    vi.unstubAllGlobals()

    expect([seen, report.mock.calls.length, scripted.openConnections]).toEqual([[1, 2], 2, 1])
  })
})
