import { describe, expect, it } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { numbers, openOn } from './open-on.ts'

import type { ContractServer, Limits, Serve } from './contract-server.ts'
import type { OpenedStream } from './open-on.ts'

/** What a stream may expect of every transport. */
export function describeStreams(serve: Serve, limits: Limits): void {
  /** A stream that knows its place: what is published from now on has to reach it. */
  async function join(options: Parameters<Serve>[0] = {}, config: Parameters<typeof openOn>[1] = {}) {
    const server = await serve(options)
    const opened = openOn(server, config)
    await server.until(() => expect(opened.stream.lastEventId).not.toBe(''))
    return { server, ...opened }
  }

  /** Nobody is connected, and `missed` is published. */
  async function miss({ server, stream }: { server: ContractServer } & OpenedStream, ...missed: unknown[]) {
    server.refuse(true)
    server.cut()
    await server.until(() => expect(stream.state).toBe('retrying'))
    await server.publish(...missed)
    server.refuse(false)
  }

  describe('connects and delivers', () => {
    it('says once that it is connected', async () => {
      const { server, states, stream } = await join()
      await server.until(() => expect(stream.state).toBe('connected'))
      expect(states).toEqual(['connecting started', 'connected opened'])
    })

    it('hands on what is published, once and in order', async () => {
      const { server, told } = await join({ history: 1000 })
      await server.publish(1)
      await server.until(() => expect(told).toEqual([1]))
      await server.publish(...numbers(2, 400))
      await server.until(() => expect(told).toEqual(numbers(1, 400)))
    })

    it('hands on any JSON as it is', async () => {
      const { server, told } = await join()
      const data = [null, false, '', 'a\r\nb\n\u2028c', { nested: [{ é: '😀' }] }, 'x'.repeat(50_000)]
      await server.publish(...data)
      await server.until(() => expect(told).toEqual(data))
    })

    it('begins where the channel begins, if told so', async () => {
      const server = await serve()
      await server.publish(1, 2)
      const { told } = openOn(server, { from: 'start' })
      await server.until(() => expect(told).toEqual([1, 2]))
      await server.publish(3)
      await server.until(() => expect(told).toEqual([1, 2, 3]))
    })

    it('completes once, and asks no more', async () => {
      const { server, told, states } = await join()
      await server.publish(1)
      await server.until(() => expect(told).toEqual([1]))
      await server.complete()
      await server.until(() => expect(told.at(-1)).toBe('complete'))
      const { asked } = server
      if (limits.seesRelease) await server.until(() => expect(server.open).toBe(0))
      expect([told, states.at(-1), server.asked]).toEqual([[1, 'complete'], 'disconnected completed', asked])
    })
  })

  describe('resumes', () => {
    it('from a position that it is given', async () => {
      const first = await join()
      await first.server.publish(...numbers(1, 9))
      await first.server.until(() => expect(first.told).toHaveLength(9))
      const [epoch] = first.stream.lastEventId.split(':')
      const { told } = openOn(first.server, { lastEventId: `${epoch}:4` })
      await first.server.until(() => expect(told).toEqual(numbers(5, 9)))
    })

    it('after each of several cuts, without a loss and without a double', async () => {
      const opened = await join()
      const { server, delivered } = opened
      for (let round = 0; round < 4; round++) {
        await server.publish(...numbers(round * 20 + 1, round * 20 + 10))
        await server.until(() => expect(delivered()).toHaveLength(round * 20 + 10))
        await miss(opened, ...numbers(round * 20 + 11, round * 20 + 20))
        await server.until(() => expect(delivered()).toHaveLength(round * 20 + 20))
      }
      expect(delivered()).toEqual(numbers(1, 80))
    })

    it('after close() and start(), from what was handled', async () => {
      const { server, stream, delivered } = await join()
      await server.publish(1, 2)
      await server.until(() => expect(delivered()).toEqual([1, 2]))
      stream.close()
      await server.publish(3, 4)
      stream.start()
      await server.until(() => expect(delivered()).toEqual([1, 2, 3, 4]))
    })

    it('into a channel that has been completed meanwhile', async () => {
      const opened = await join()
      const { server, delivered } = opened
      await miss(opened, 1)
      await server.complete()
      await server.until(() => expect(delivered()).toEqual([1, 'complete']))
    })
  })

  describe('tells of a loss', () => {
    it('once, in its place, and goes on', async () => {
      const opened = await join({ history: 10 })
      const { server, delivered } = opened
      await server.publish(1)
      await server.until(() => expect(delivered()).toEqual([1]))
      await miss(opened, ...numbers(2, 15))
      await server.until(() => expect(delivered()).toEqual([1, 'gap lost A:1 A:5', ...numbers(6, 15)]))
      await miss(opened, 16)
      await server.until(() => expect(delivered().slice(-2)).toEqual([15, 16]))
      expect(delivered()).toHaveLength(13)
    })

    it('once, where the server has begun anew', async () => {
      const opened = await join()
      const { server, delivered } = opened
      await server.publish(1)
      await server.until(() => expect(delivered()).toEqual([1]))
      server.refuse(true)
      server.cut()
      await server.restart()
      server.refuse(false)
      await server.until(() => expect(delivered()).toEqual([1, 'gap lost A:1 B:0']))
      await server.publish(2)
      await server.until(() => expect(delivered()).toEqual([1, 'gap lost A:1 B:0', 2]))
      await miss(opened, 3)
      await server.until(() => expect(delivered().slice(2)).toEqual([2, 3]))
    })
  })

  describe('keeps time', () => {
    /** On a clock that only this moves, while what is on its way arrives. */
    async function onManualClock(config: Parameters<typeof openOn>[1], frozen = false) {
      const server = await serve()
      if (frozen) server.freeze()
      const clock = server.clock ?? createManualClock()
      const opened = openOn(server, { clock, ...config })
      const arrives = async (check: () => void) => {
        for (let turn = 0; ; turn++) {
          await clock.advance(0)
          try {
            return check()
          } catch (error) {
            if (turn === 2000) throw error
          }
          await new Promise(setImmediate)
        }
      }
      return { server, clock, arrives, ...opened }
    }

    if (limits.holdsHandshake)
      it('gives up a server that does not answer within timeout, and lets it go', async () => {
        const { server, clock, told, arrives } = await onManualClock({ timeout: 3000, retryDelay: 60_000 }, true)
        await arrives(() => (limits.seesRelease ? expect(server.open).toBe(1) : expect(server.asked).toBe(1)))
        await clock.advance(2999)
        expect(told).toEqual([])
        await clock.advance(1)
        expect(told).toEqual(['error TIMEOUT retried'])
        if (limits.seesRelease) await arrives(() => expect(server.open).toBe(0))
      })

    it('counts two intervals of silence as a lost link, and comes back', async () => {
      const { server, clock, told, stream, arrives, states } = await onManualClock({ heartbeatInterval: 40_000 })
      await arrives(() => expect(stream.lastEventId).not.toBe(''))
      await clock.advance(100)
      // Polling asks again meanwhile, and that is held.
      await arrives(() => expect(server.open).toBe(1))
      await server.publish(1)
      await arrives(() => expect(told).toEqual([1]))
      server.freeze()
      await clock.advance(79_900)
      expect([told, stream.state]).toEqual([[1], 'connected'])
      // A pause between two polls is no silence.
      await clock.advance(300)
      expect(told).toEqual([1, 'error HEARTBEAT retried'])
      // It may be back by now: a handshake is answered even by who says nothing more.
      const afterwards = states.slice(states.indexOf('connected opened') + 1)
      expect(afterwards[0]).toBe('retrying lost')
      expect(afterwards.filter((state) => state === 'retrying lost')).toHaveLength(1)
    })
  })

  describe('hangs up', () => {
    it('silently, and leaves nothing', async () => {
      const { server, stream, told, states } = await join()
      await server.publish(1)
      await server.until(() => expect(told).toEqual([1]))
      stream.close()
      await server.publish(2)
      if (limits.seesRelease) await server.until(() => expect(server.open).toBe(0))
      if (server.clock) {
        expect(server.clock.pending).toBe(0)
        await server.clock.advance(600_000)
      }
      expect([told, states.slice(2)]).toEqual([[1], ['disconnected closed']])
    })
  })

  it('loses nothing to a handler that is slower than the server, nor tells it more than it can take', async () => {
    const releases: (() => void)[] = []
    let handling = 0
    let most = 0
    const { server, delivered } = await join(
      { history: 1000 },
      {
        maxBufferedEvents: 20,
        async onData() {
          most = Math.max(most, ++handling)
          await new Promise<void>((resolve) => releases.push(resolve))
          handling--
        },
      },
    )
    await server.publish(...numbers(1, 30))
    await server.until(() => expect(releases).toHaveLength(1))
    await server.publish(...numbers(31, 200))
    await server.until(() => {
      releases.at(-1)?.()
      expect(delivered()).toHaveLength(200)
    })
    expect([delivered(), most]).toEqual([numbers(1, 200), 1])
  })
}
