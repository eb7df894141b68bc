import { describe, expect, it } from 'vitest'

import { StreamError } from '../../src/index.ts'
import { openTabs, range } from './open-tabs.ts'

import type { StateChange } from '../../src/index.ts'

describe('tabs that share', () => {
  it('have one connection, and all that it brings', async () => {
    const { open, server, clock } = openTabs()
    const tabs = ['a', 'b', 'c'].map((name) => open(name))
    await clock.advance(100)
    server.publish(3)
    await clock.advance(100)
    server.publish(2)
    await clock.advance(100)
    for (const { numbers, log } of tabs) {
      expect(numbers).toEqual(range(1, 5))
      expect(log).toEqual(['connecting started', 'connected opened'])
    }
    expect([server.dials, server.mostOpen]).toEqual([['a after now'], 1])
  })

  it('go on at once when the one that has the connection dies', async () => {
    const { open, server, clock } = openTabs()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => open(name))
    await clock.advance(100)
    server.publish(3)
    await clock.advance(100)
    a?.tab.kill()
    server.publish(2)
    await clock.advance(500)
    server.publish(2)
    await clock.advance(100)
    for (const each of [b, c]) {
      expect(each?.numbers).toEqual(range(1, 7))
      expect(each?.log).toEqual(['connecting started', 'connected opened', 'retrying takeover', 'connected opened'])
    }
    expect(server.dials).toEqual(['a after now', 'b after e:3'])
  })

  it('trap 56: replace a leader that is frozen, which follows when it thaws', async () => {
    const { open, server, clock } = openTabs()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => open(name))
    await clock.advance(100)
    server.publish(3)
    await clock.advance(100)
    a?.tab.freeze()
    server.publish(2)
    await clock.advance(20_000)
    server.publish(2)
    await clock.advance(100)
    expect(server.dials).toHaveLength(2)
    for (const each of [b, c]) expect(each?.numbers).toEqual(range(1, 7))
    a?.tab.thaw()
    await clock.advance(1000)
    server.publish(1)
    await clock.advance(100)
    for (const each of [a, b, c]) {
      expect(each?.numbers).toEqual(range(1, 8))
      expect(each?.stream.state).toBe('connected')
      expect(each?.log.filter((line) => /gap|error/.test(line))).toEqual([])
    }
    expect([server.dials.length, server.open]).toEqual([2, 1])
  })

  it('all see a loss, and one of them dials when its wait is over', async () => {
    const { open, server, clock } = openTabs()
    const tabs = ['a', 'b', 'c'].map((name) => open(name))
    await clock.advance(100)
    server.publish(2)
    await clock.advance(100)
    server.refuse(() => new StreamError('HTTP', 'busy', { status: 503, retryAfterMs: 5000 }))
    server.cut()
    await clock.advance(500)
    expect(tabs.map(({ stream }) => stream.state)).toEqual(['retrying', 'retrying', 'retrying'])
    await clock.advance(1000)
    server.refuse(undefined)
    await clock.advance(20_000)
    server.publish(1)
    await clock.advance(100)
    for (const { numbers, log } of tabs) {
      expect(numbers).toEqual(range(1, 3))
      expect(log.filter((line) => line.startsWith('error'))).toEqual(['error NETWORK retried', 'error HTTP retried'])
    }
    expect(server.dialTimes.map((at) => Math.round(at / 100) / 10)).toEqual([0, 1.2, 6.2])
  })
})

describe('a tab that joins', () => {
  it('gets what comes from then on, and is connected at once', async () => {
    const { open, server, clock } = openTabs()
    open('a')
    await clock.advance(100)
    server.publish(3)
    await clock.advance(100)
    const b = open('b')
    await clock.advance(100)
    expect(b.stream.state).toBe('connected')
    server.publish(2)
    await clock.advance(100)
    expect(b.numbers).toEqual([4, 5])
    expect(b.log).toEqual(['connecting started', 'connected opened'])
    expect(server.dials).toHaveLength(1)
  })

  it('has its place as soon as it is connected', async () => {
    const { open, server, clock } = openTabs()
    open('a')
    await clock.advance(100)
    server.publish(3)
    await clock.advance(100)
    const leave = ({ state }: StateChange) => state === 'connected' && queueMicrotask(() => b.stream.close())
    const b = open('b', { onStateChange: (change) => void leave(change) })
    await clock.advance(100)
    expect(b.stream.state).toBe('disconnected')
    server.publish(2)
    await clock.advance(100)
    b.stream.start()
    await clock.advance(100)
    expect(b.numbers).toEqual([4, 5])
  })

  it('behind what the leader still has gets that from the leader', async () => {
    const { open, server, clock } = openTabs()
    open('a')
    await clock.advance(100)
    server.publish(9)
    await clock.advance(100)
    const b = open('b', { lastEventId: 'e:4' })
    await clock.advance(100)
    expect(b.numbers).toEqual(range(5, 9))
    expect(server.dials).toHaveLength(1)
  })

  it('from the start asks the server until that meets the leader', async () => {
    const { open, server, clock } = openTabs()
    server.publish(5)
    const a = open('a')
    await clock.advance(100)
    server.publish(2)
    await clock.advance(100)
    const b = open('b', { from: 'start' })
    await clock.advance(100)
    server.publish(2)
    await clock.advance(100)
    expect([a.numbers, b.numbers]).toEqual([range(6, 9), range(1, 9)])
    expect(b.log).toEqual(['connecting started', 'connected opened'])
    expect([server.dials, server.open]).toEqual([['a after now', 'b after start'], 1])
  })

  it('is told of a gap where the history of the server is gone, and only then', async () => {
    const { open, server, clock } = openTabs()
    server.publish(9)
    server.forget(3)
    open('a')
    await clock.advance(100)
    const b = open('b', { lastEventId: 'e:2' })
    await clock.advance(100)
    server.publish(1)
    await clock.advance(100)
    expect(b.numbers).toEqual(range(7, 10))
    expect(b.log).toEqual(['connecting started', 'connected opened', 'gap lost e:2..e:6'])
    expect(server.open).toBe(1)
  })
})

describe('tabs of other people', () => {
  it('have connections of their own', async () => {
    const { open, server, clock, world } = openTabs()
    open('a')
    const { shareAcrossTabs } = await import('../../src/index.ts')
    const tab = world.open('b')
    const other = open('b', {
      tabs: shareAcrossTabs({ identity: 'ben', ...tab.apis }),
      transports: [server.transport(tab)],
    })
    await clock.advance(100)
    server.publish(2)
    await clock.advance(100)
    expect(other.numbers).toEqual([1, 2])
    expect(server.dials).toEqual(['a after now', 'b after now'])
  })
})

describe('after the end', () => {
  it('nothing is left', async () => {
    const { open, server, clock, world } = openTabs()
    const tabs = ['a', 'b', 'c'].map((name) => open(name))
    await clock.advance(100)
    for (const { stream } of tabs) {
      stream.close()
      await clock.advance(2000)
      server.publish(1)
      await clock.advance(100)
    }
    expect(tabs.map(({ numbers }) => numbers)).toEqual([[], [1], [1, 2]])
    expect(world.left()).toEqual({ locks: 0, channels: 0 })
    expect(server.open).toBe(0)
    // The keep-alive of the server.
    expect(clock.pending).toBe(1)
  })

  it('nothing is left of a stream that is closed while it waits', async () => {
    const { open, server, clock, world } = openTabs()
    const tabs = ['a', 'b'].map((name) => open(name))
    await clock.advance(100)
    server.cut()
    await clock.advance(100)
    expect(tabs.map(({ stream }) => stream.state)).toEqual(['retrying', 'retrying'])
    for (const { stream } of tabs) stream.close()
    await clock.advance(0)
    expect(world.left()).toEqual({ locks: 0, channels: 0 })
    expect(clock.pending).toBe(1)
  })

  it('every tab is told that the channel is completed', async () => {
    const { open, server, clock, world } = openTabs()
    const tabs = ['a', 'b', 'c'].map((name) => open(name))
    await clock.advance(100)
    server.publish(1)
    server.complete()
    await clock.advance(1000)
    for (const { numbers, log } of tabs) {
      expect(numbers).toEqual([1])
      expect(log).toEqual(['connecting started', 'connected opened', 'disconnected completed', 'complete'])
    }
    expect(server.dials).toHaveLength(1)
    expect(world.left()).toEqual({ locks: 0, channels: 0 })
  })
})

describe('refused credentials', () => {
  it('are refreshed once, and every tab goes on', async () => {
    const { open, server, clock } = openTabs()
    let refreshes = 0
    let isRefused = true
    const refreshAuth = async () => {
      refreshes++
      await Promise.resolve()
      isRefused = false
    }
    server.refuse(() =>
      isRefused ? new StreamError('UNAUTHORIZED', '401', { retryable: false, status: 401 }) : undefined,
    )
    const tabs = ['a', 'b', 'c'].map((name) => open(name, { refreshAuth }))
    await clock.advance(1000)
    server.publish(2)
    await clock.advance(100)
    for (const { numbers } of tabs) expect(numbers).toEqual([1, 2])
    expect([refreshes, server.dials.length]).toEqual([1, 2])
    expect(tabs.map(({ log }) => log)).toEqual([
      ['connecting started', 'connecting refreshing', 'connected opened'],
      ['connecting started', 'connecting takeover', 'connected opened'],
      ['connecting started', 'connecting takeover', 'connected opened'],
    ])
  })

  it('of an open connection are refreshed once, while the others wait', async () => {
    const { open, server, clock } = openTabs()
    let refreshes = 0
    const refreshAuth = (own: { clock: { after(ms: number, act: () => void): () => void } }) => () => {
      refreshes++
      return new Promise<void>((resolve) => void own.clock.after(15_000, resolve))
    }
    const tabs = ['a', 'b', 'c'].map((name) => open(name, { refreshAuth: refreshAuth({ clock }) }))
    await clock.advance(100)
    server.publish(1)
    await clock.advance(100)
    server.say('close', { code: 3000, reason: 'expired', reconnect: true })
    await clock.advance(10_000)
    expect(tabs.map(({ stream }) => stream.state)).toEqual(['retrying', 'retrying', 'retrying'])
    await clock.advance(10_000)
    server.publish(1)
    await clock.advance(100)
    for (const { numbers } of tabs) expect(numbers).toEqual([1, 2])
    expect([refreshes, server.dials]).toEqual([1, ['a after now', 'a after e:1']])
  })

  it('that cannot be had end every tab', async () => {
    const { open, server, clock, world } = openTabs()
    server.refuse(() => new StreamError('HTTP', 'no', { retryable: false, status: 404 }))
    const tabs = ['a', 'b', 'c'].map((name) => open(name))
    await clock.advance(1000)
    for (const { log } of tabs) expect(log).toEqual(['connecting started', 'error HTTP final', 'error fatal'])
    expect(server.dials).toHaveLength(1)
    expect(world.left()).toEqual({ locks: 0, channels: 0 })
  })
})
