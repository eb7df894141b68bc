import { http, HttpResponse } from 'msw'

import { polling } from '../../src/index.ts'
import { createFeed } from './feed.ts'
import { mock } from './mocked.ts'

import type { PollAnswer } from '../../src/protocol/index.ts'
import type { Serve } from './contract-server.ts'
import type { Mock, MockState } from './mocked.ts'

const url = 'https://contract.test/poll'
const channel = 'numbers'

export const mockPolling: Serve = async ({ history = 50 } = {}) =>
  mock(url, (at) => polling(at), createFeed(history), mockPolls)

function mockPolls(state: MockState): Mock {
  const { feed, clock } = state
  const held = new Set<() => void>()

  function answer(query: URLSearchParams): PollAnswer {
    const { position, gap, events } = feed.join(query.get('since') ?? '', query.get('from') === 'start')
    return {
      events: [
        ...(gap ? [{ type: 'gap', kind: 'lost', channel, ...gap } as const] : []),
        ...events.map(({ position: at, data }) => ({ type: 'event', channel, position: at, data }) as const),
        ...(feed.isComplete ? [{ type: 'complete', channel, position: feed.position } as const] : []),
      ],
      positions: { [channel]: events.at(-1)?.position ?? position },
    }
  }

  /** @returns whether the link was broken meanwhile */
  function change(waitMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const over = (isCut: boolean) => {
        unwatch()
        cancel()
        held.delete(cutOff)
        resolve(isCut)
      }
      const cutOff = () => over(true)
      const unwatch = feed.watch(() => state.isFrozen || over(false))
      const cancel = clock.after(waitMs, () => state.isFrozen || over(false))
      held.add(cutOff)
      signal.addEventListener('abort', cutOff)
    })
  }

  return {
    handler: http.get(url, async ({ request }) => {
      state.asked++
      if (state.isRefusing) return HttpResponse.error()
      if (state.isFrozen) return new Promise<never>(() => {})
      const query = new URL(request.url).searchParams
      const waitMs = Number(query.get('wait')) * 1000
      state.open++
      const isCut = waitMs > 0 && !answer(query).events.length && (await change(waitMs, request.signal))
      state.open--
      return isCut ? HttpResponse.error() : HttpResponse.json(answer(query))
    }),
    cut() {
      for (const cutOff of [...held]) cutOff()
    },
  }
}
