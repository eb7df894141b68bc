import { afterEach, describe, expect, it, vi } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'
import { drawCuts } from '../support/faults.ts'
import { createFaultyChannel } from '../support/faulty-channel.ts'
import { createFaultyFetch } from '../support/faulty-fetch.ts'
import { serveFaulty } from '../support/faulty-server.ts'
import { describeGap } from '../support/open-scripted.ts'
import { createRandom, seedOfRun } from '../support/random.ts'

import type { StreamConfig, StreamManager } from '../../src/index.ts'
import type { FaultyChannel, ServerKind } from '../support/faulty-channel.ts'

const seed = seedOfRun()
const numbered = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

interface Run {
  readonly received: number[]
  readonly gaps: string[]
  readonly failures: string[]
  readonly over: Promise<'complete' | 'error'>
  readonly manager: StreamManager
}

function follow(url: string, config: StreamConfig<{ n: number }>): Run {
  const received: number[] = []
  const gaps: string[] = []
  const failures: string[] = []
  const manager = createStreamManager()
  const over = new Promise<'complete' | 'error'>((resolve) => {
    createEnhancedSSEStream(
      url,
      {
        onData: ({ n }) => void received.push(n),
        onGap: (gap) => void gaps.push(`${describeGap(gap)} after ${received.at(-1) ?? 0}`),
        onError: ({ code }) => void failures.push(code),
        onInvalid: ({ code }) => void failures.push(code),
        onComplete: () => resolve('complete'),
        onStateChange: ({ state }) => void (state === 'error' && resolve('error')),
      },
      { manager, ...config },
    )
  })
  return { received, gaps, failures, over, manager }
}

function channelOf(kind: ServerKind, events: number, cuts: number, heartbeatInterval: number): FaultyChannel {
  return createFaultyChannel({ kind, events, cuts: drawCuts(createRandom(seed), events, cuts), heartbeatInterval })
}

describe(`10,000 events through 200 cuts (SEED=${seed})`, () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  /** Runs on virtual time, for at most one virtual day. */
  async function followOnFakeTime(channel: FaultyChannel): Promise<Run> {
    const random = createRandom(seed + 1)
    vi.useFakeTimers()
    vi.spyOn(Math, 'random').mockImplementation(() => random.next())
    const run = follow('http://stream.test/events', { fetch: createFaultyFetch(channel, random) })
    let isOver = false
    void run.over.then(() => (isOver = true))
    for (let minutes = 0; minutes < 24 * 60 && !isOver; minutes++) await vi.advanceTimersByTimeAsync(60_000)
    run.manager.cleanupAll()
    expect(vi.getTimerCount()).toBe(0)
    return run
  }

  it('arrive once, in order and without a gap, with default options on a fake clock', { timeout: 60_000 }, async () => {
    const channel = channelOf('positions', 10_000, 200, 15_000)
    const { received, gaps, failures, over } = await followOnFakeTime(channel)
    expect(received).toEqual(numbered(10_000))
    expect(gaps).toEqual([])
    expect(channel.cutsDone).toBe(200)
    // Each kind of cut was felt, and nothing else failed.
    expect(new Set(failures)).toEqual(new Set(['ENDED', 'NETWORK', 'HEARTBEAT']))
    expect(failures).toHaveLength(200)
    expect(await over).toBe('complete')
  })

  it('arrive once, in order and without a gap, over real sockets', { timeout: 120_000 }, async () => {
    const channel = channelOf('positions', 10_000, 200, 15_000)
    const { url, sockets } = await serveFaulty(channel, createRandom(seed + 1))
    const config = { retryDelay: 5, maxRetryDelay: 20, heartbeatInterval: 50, maxRetries: Infinity }
    const { received, gaps, failures, over } = follow(url, config)
    expect(await over).toBe('complete')
    expect(received).toEqual(numbered(10_000))
    expect(gaps).toEqual([])
    expect(channel.cutsDone).toBe(200)
    expect(new Set(failures)).toEqual(new Set(['ENDED', 'NETWORK', 'HEARTBEAT']))
    await vi.waitFor(() => expect(sockets.size).toBe(0), { timeout: 10_000 })
  })

  it('arrive once and in order from a server with plain IDs that replays', { timeout: 60_000 }, async () => {
    const channel = channelOf('plain-ids', 10_000, 200, 15_000)
    const { received, gaps, over } = await followOnFakeTime(channel)
    expect(received).toEqual(numbered(10_000))
    expect(gaps).toEqual([])
    expect(channel.cutsDone).toBe(200)
    expect(await over).toBe('complete')
  })
})

describe(`other servers (SEED=${seed})`, () => {
  const config = { retryDelay: 5, maxRetryDelay: 20, heartbeatInterval: 50, maxRetries: Infinity }

  it('that replay everything on each link lose and double nothing', { timeout: 60_000 }, async () => {
    const channel = channelOf('replays-all', 1000, 20, 15_000)
    const { url } = await serveFaulty(channel, createRandom(seed + 1))
    const { received, gaps, over } = follow(url, config)
    expect(await over).toBe('complete')
    expect(received).toEqual(numbered(1000))
    expect(gaps).toEqual([])
    expect(channel.cutsDone).toBe(20)
  })

  it('that have no IDs have a gap of unknown size declared for each lost link', { timeout: 60_000 }, async () => {
    const channel = channelOf('without-ids', 1000, 20, 15_000)
    const { url } = await serveFaulty(channel, createRandom(seed + 1))
    const { received, gaps, over } = follow(url, config)
    expect(await over).toBe('complete')
    expect(received).toEqual([...new Set(received)].sort((a, b) => a - b))
    expect(gaps).toHaveLength(channel.links - 1)
    // Whatever is missing is missing where a gap was declared.
    const holes = [0, ...received].filter((n, index) => (received[index] ?? n + 1) !== n + 1)
    expect(gaps).toEqual(expect.arrayContaining(holes.map((n) => `unknown after ${n}`)))
  })
})
