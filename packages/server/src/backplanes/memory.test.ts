import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { memoryBackplane } from './memory.ts'

const extent = { after: 0, limit: 0 }

describe('memoryBackplane', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('delivers before publish returns', () => {
    const backplane = memoryBackplane()
    const seen: number[] = []
    void backplane.subscribe('a', { event: ({ offset }) => seen.push(offset), missed: () => {}, complete: () => {} })
    void backplane.publish('a', '1')
    expect(seen).toEqual([1])
    void backplane.close()
  })

  it('forgets an idle channel when its history has expired, and begins another life', async () => {
    const backplane = memoryBackplane({ ttlMs: 1000 })
    const { epoch } = await backplane.publish('a', '1')
    vi.advanceTimersByTime(999)
    expect((await backplane.read('a', extent)).epoch).toBe(epoch)
    vi.advanceTimersByTime(1000)
    const next = await backplane.publish('a', '2')
    expect(next.offset).toBe(1)
    expect(next.epoch).not.toBe(epoch)
    await backplane.close()
  })

  it('keeps the life of a channel that somebody follows, though its events expire', async () => {
    const backplane = memoryBackplane({ ttlMs: 1000 })
    const { epoch } = await backplane.publish('a', '1')
    const stop = await backplane.subscribe('a', { event: () => {}, missed: () => {}, complete: () => {} })
    vi.advanceTimersByTime(60_000)
    expect(await backplane.read('a', extent)).toEqual({ epoch, oldest: 2, top: 1, completed: false, events: [] })
    stop()
    await backplane.close()
  })

  it('never reads an expired event, also between two sweeps', async () => {
    const backplane = memoryBackplane({ ttlMs: 1000 })
    await backplane.publish('other', '1')
    vi.advanceTimersByTime(300)
    await backplane.publish('a', '1')
    vi.advanceTimersByTime(600)
    await backplane.publish('a', '2')
    vi.advanceTimersByTime(450)
    const page = await backplane.read('a', { after: 0, limit: 9 })
    expect([page.oldest, page.events.map(({ json }) => json)]).toEqual([2, ['2']])
    await backplane.close()
  })

  it('ages a completed channel from its completion on, however often it is read', async () => {
    const backplane = memoryBackplane({ ttlMs: 1000 })
    const { epoch } = await backplane.complete('a')
    vi.advanceTimersByTime(600)
    expect((await backplane.read('a', extent)).epoch).toBe(epoch)
    vi.advanceTimersByTime(600)
    expect((await backplane.read('a', extent)).completed).toBe(false)
    await backplane.close()
  })

  it('stops its timer when the last channel is forgotten', async () => {
    const backplane = memoryBackplane({ ttlMs: 1000 })
    await backplane.publish('a', '1')
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(2000)
    expect(vi.getTimerCount()).toBe(0)
    await backplane.close()
  })

  it('security 20: over the channel limit forgets the one unused for longest, never one with subscribers', async () => {
    const backplane = memoryBackplane({ channels: 3 })
    const followed = await backplane.publish('followed', '1')
    const stop = await backplane.subscribe('followed', { event: () => {}, missed: () => {}, complete: () => {} })
    const oldest = await backplane.publish('oldest', '1')
    const recent = await backplane.publish('recent', '1')
    await backplane.publish('fourth', '1')
    expect((await backplane.read('followed', extent)).epoch).toBe(followed.epoch)
    expect((await backplane.read('recent', extent)).epoch).toBe(recent.epoch)
    expect((await backplane.read('oldest', extent)).epoch).not.toBe(oldest.epoch)
    stop()
    await backplane.close()
  })
})
