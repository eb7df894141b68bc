import { getEventListeners } from 'node:events'

import { expect, vi } from 'vitest'

import { createStream, createStreamManager } from '../../src/index.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { stubPage } from './stub-page.ts'

import type { Stream, StreamOptions } from '../../src/index.ts'
import type { ManualClock } from '../../src/testing/index.ts'
import type { Life } from './close-everywhere.ts'

/** What a server does next, and how many milliseconds pass then, or what they pass until. */
export type Step = readonly [
  act: (stream: Stream<unknown>, openAnother: () => void) => unknown,
  then?: number | 'the next request',
]

/** One server, or several, as a transport meets them. */
export interface Scene {
  readonly options: Partial<StreamOptions<unknown>> & Pick<StreamOptions<unknown>, 'transports'>
  readonly steps: readonly Step[]
  /** Requests and sockets that have not been given back. */
  readonly open: () => number
  /** Requests and sockets that have been asked for. */
  readonly asked: () => number
  /** What comes of requests that nobody waits for any more. */
  readonly late?: () => void
  /** Whether its links linger, and are to be ended with it. */
  readonly lingers?: boolean
  /** Whether timers of the runtime's play a part. */
  readonly usesTimers?: boolean
  /** Reads the stream in a loop. */
  readonly isIterated?: boolean
}

const timersOfProcess = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

/** A stream that lives through a scene on a clock that is moved by hand. */
export function beginLife(make: (clock: ManualClock) => Scene, step: (place: string) => void): Life {
  const own = createManualClock()
  // A timer is a step, too.
  const clock: ManualClock = Object.create(own, {
    after: {
      value(ms: number, callback: () => void) {
        let isCancelled = false
        const cancel = own.after(ms, () => {
          step(`timer of ${ms} ms`)
          if (!isCancelled) callback()
        })
        return () => {
          isCancelled = true
          cancel()
        }
      },
    },
  }) as ManualClock
  const page = stubPage()
  const before = timersOfProcess()
  const { options, steps, open, asked, late, lingers, usesTimers = false, isIterated } = make(clock)
  const { signal } = new AbortController()
  const manager = createStreamManager()
  const told: string[] = []
  let toldAtEnd = 0
  let askedAtEnd = 0
  let pendingAtEnd = 0
  const note = (word: string) => void told.push(word)
  const openStream = (): Stream<unknown> =>
    createStream({
      onError: ({ code }) => note(code),
      onComplete: () => note('complete'),
      onStateChange: ({ state, reason }) => note(`${state} ${reason}`),
      onGap: () => note('gap'),
      onComment: () => note('comment'),
      ...(!isIterated && { onData: async () => note('data') }),
      clock,
      signal,
      manager,
      pool: false,
      jitter: 0,
      ...options,
    })
  const stream = openStream()
  // The WebSocket library waits with a timer of its own.
  const turn = () => usesTimers && new Promise((resolve) => setTimeout(resolve))
  const settle = async (ms: number) => {
    await own.advance(ms)
    await turn()
  }
  const loop = isIterated ? read(stream, note) : undefined

  return {
    async live(isClosed) {
      await settle(0)
      for (const [nth, [act, then = 0]] of steps.entries()) {
        if (isClosed()) return
        const before = asked()
        try {
          act(stream, openStream)
        } catch (error) {
          throw new Error(`step ${nth} does not follow on: ${told.join(', ')}`, { cause: error })
        }
        if (then === 'the next request') while (asked() === before && !isClosed()) await settle(5000)
        else await settle(then)
      }
    },
    close() {
      stream.close()
      if (lingers) manager.cleanupAll()
      toldAtEnd = told.length
      askedAtEnd = asked()
      pendingAtEnd = own.pending
    },
    async check() {
      await settle(0)
      late?.()
      await settle(600_000)
      // A loop may still be handed what it had been promised.
      if (loop) toldAtEnd = told.length
      expect({
        pendingAtEnd,
        pending: own.pending,
        state: stream.state,
        asked: asked(),
        open: open(),
        told: told.slice(toldAtEnd),
        onSignal: getEventListeners(signal, 'abort').length,
        onPage: page.listeners,
        connections: manager.getActiveConnections(),
      }).toEqual({
        pendingAtEnd: 0,
        pending: 0,
        state: 'disconnected',
        asked: askedAtEnd,
        open: 0,
        told: [],
        onSignal: 0,
        onPage: 0,
        connections: [],
      })
      // Others in this process have timers, too, which come and go.
      if (usesTimers) await vi.waitFor(() => expect(timersOfProcess()).toBeLessThanOrEqual(before))
      await loop
      vi.unstubAllGlobals()
    },
  }
}

async function read(stream: Stream<unknown>, note: (word: string) => void): Promise<void> {
  try {
    for await (const _ of stream) note('data')
  } catch {
    note('thrown')
  }
}
