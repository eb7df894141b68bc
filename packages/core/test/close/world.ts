import { getEventListeners } from 'node:events'

import { expect, vi } from 'vitest'

import { createStream, createStreamManager } from '../../src/index.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { stubPage } from './stub-page.ts'

import type { Stream, StreamHandlers, StreamManager, StreamOptions } from '../../src/index.ts'
import type { ManualClock } from '../../src/testing/index.ts'
import type { Life } from './close-everywhere.ts'

/** What lives, and is closed. */
export type Subject = Pick<Stream<unknown>, 'state' | 'close'>

/** Options for what a scene opens, and how it says that a handler was called. */
export interface Around extends Required<Pick<StreamHandlers<unknown>, 'onError' | 'onStateChange'>> {
  readonly clock: ManualClock
  readonly manager: StreamManager
  readonly jitter: number
  readonly note: (word: string) => void
}

/** What a server does next, and how many milliseconds pass then, or what they pass until. */
export type Step = readonly [
  act: (subject: Subject, openAnother: () => void) => unknown,
  then?: number | 'the next request',
]

/** One server, or several, as a transport meets them. */
export interface Scene {
  /** Of a stream. */
  readonly options?: Partial<StreamOptions<unknown>> & Pick<StreamOptions<unknown>, 'transports'>
  /** Opens something else than a stream. */
  readonly begin?: (around: Around) => Subject
  readonly steps: readonly Step[]
  /** Requests and sockets that have not been given back. */
  readonly open: () => number
  /** Requests and sockets that have been asked for. */
  readonly asked: () => number
  /** Takes away what lives on beside it, such as another tab. */
  readonly leave?: () => void
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

/**
 * Something that lives through a scene on a clock that is moved by hand.
 * @param make is given the clock of all that is not what lives
 */
export function beginLife(make: (clock: ManualClock) => Scene, step: (place: string) => void): Life {
  const own = createManualClock()
  const timers = new Set<object>()
  // A timer is a step, too.
  const clock: ManualClock = Object.create(own, {
    after: {
      value(ms: number, callback: () => void) {
        const timer = {}
        timers.add(timer)
        const cancel = own.after(ms, () => {
          step(`timer of ${ms} ms`)
          if (timers.delete(timer)) callback()
        })
        return () => {
          timers.delete(timer)
          cancel()
        }
      },
    },
  }) as ManualClock
  const page = stubPage()
  const before = timersOfProcess()
  const { options, steps, open, asked, late, lingers, usesTimers = false, isIterated, begin, leave } = make(own)
  const { signal } = new AbortController()
  const manager = createStreamManager()
  const told: string[] = []
  let toldAtEnd = 0
  let askedAtEnd = 0
  let pendingAtEnd = 0
  const note = (word: string) => void told.push(word)
  const around: Around = {
    onError: ({ code }) => note(code),
    onStateChange: ({ state, reason }) => note(`${state} ${reason}`),
    clock,
    manager,
    jitter: 0,
    note,
  }
  const { note: _, ...common } = around
  const openStream = (): Stream<unknown> =>
    createStream({
      ...common,
      onComplete: () => note('complete'),
      onGap: () => note('gap'),
      onComment: () => note('comment'),
      ...(!isIterated && { onData: async () => note('data') }),
      signal,
      pool: false,
      ...(options ?? { transports: [] }),
    })
  const subject = begin?.(around) ?? openStream()
  // The WebSocket library waits with a timer of its own.
  const turn = () => usesTimers && new Promise((resolve) => setTimeout(resolve))
  const settle = async (ms: number) => {
    await own.advance(ms)
    await turn()
  }
  const loop = isIterated ? read(subject as Stream<unknown>, note) : undefined

  return {
    async live(isClosed) {
      await settle(0)
      for (const [nth, [act, then = 0]] of steps.entries()) {
        if (isClosed()) return
        const before = asked()
        try {
          act(subject, openStream)
        } catch (error) {
          throw new Error(`step ${nth} does not follow on: ${told.join(', ')}`, { cause: error })
        }
        if (then === 'the next request') while (asked() === before && !isClosed()) await settle(5000)
        else await settle(then)
      }
    },
    close() {
      subject.close()
      if (lingers) manager.cleanupAll()
      toldAtEnd = told.length
      askedAtEnd = asked()
      pendingAtEnd = timers.size
    },
    async check() {
      await settle(0)
      late?.()
      if (leave) {
        // Those who stay notice that it has gone, and may talk to it.
        await settle(5000)
        leave()
      }
      await settle(600_000)
      // A loop may still be handed what it had been promised.
      if (loop) toldAtEnd = told.length
      expect({
        pendingAtEnd,
        pending: own.pending,
        state: subject.state,
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
