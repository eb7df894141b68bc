import { setupServer } from 'msw/node'
import { onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'

import { createManualClock } from '../../src/testing/index.ts'

import type { RequestHandler, WebSocketHandler } from 'msw'
import type { TransportFactory } from '../../src/index.ts'
import type { Provided } from '../../src/options.ts'
import type { ManualClock } from '../../src/testing/index.ts'
import type { ContractServer, Limits } from './contract-server.ts'
import type { Feed } from './feed.ts'

export const mockLimits: Limits = { holdsHandshake: true, seesRelease: false, hasSockets: false }

/** What one mocked transport adds to the state that all share. */
export interface Mock {
  readonly handler: RequestHandler | WebSocketHandler
  cut(): void
}

/** What the handlers of a mock go by, and what they count. */
export interface MockState {
  readonly feed: Feed
  readonly clock: ManualClock
  isRefusing: boolean
  isFrozen: boolean
  asked: number
  open: number
}

const stepMs = 50
/** Twenty virtual seconds, less than any silence that a client bears. */
const mostSteps = 400

/** A mocked server on a clock that is moved by hand, gone with the test. */
export function mock(
  url: string,
  make: (url: Provided<string>) => TransportFactory,
  feed: Feed,
  create: (state: MockState) => Mock,
): ContractServer {
  const clock = createManualClock()
  const state: MockState = { feed, clock, isRefusing: false, isFrozen: false, asked: 0, open: 0 }
  const { handler, cut } = create(state)
  // MSW puts itself in the place of the runtime's class, which Node 20 does not have.
  if (!globalThis.WebSocket) vi.stubGlobal('WebSocket', WebSocket)
  const msw = setupServer(handler)
  msw.listen({ onUnhandledRequest: 'error' })
  onTestFinished(() => {
    msw.close()
    vi.unstubAllGlobals()
  })
  return {
    url,
    make,
    clock,
    async until(check) {
      for (let step = 0; ; step++) {
        await clock.advance(0)
        try {
          return check()
        } catch (error) {
          if (step === mostSteps) throw error
        }
        await clock.advance(stepMs)
      }
    },
    publish: async (...data) => feed.publish(...data),
    complete: async () => feed.complete(),
    restart: async () => feed.restart(),
    cut,
    refuse: (isRefusing) => void (state.isRefusing = isRefusing),
    freeze: () => void (state.isFrozen = true),
    get asked() {
      return state.asked
    },
    get open() {
      return state.open
    },
    isBlocked: false,
  }
}
