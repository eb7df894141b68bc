import { http, HttpResponse } from 'msw'

import { sse } from '../../src/index.ts'
import { controlEvents, formatSseBlock, formatSseComment } from '../../src/protocol/index.ts'
import { createFeed } from './feed.ts'
import { mock } from './mocked.ts'

import type { Serve } from './contract-server.ts'
import type { FeedEvent } from './feed.ts'
import type { Mock, MockState } from './mocked.ts'

const url = 'https://contract.test/events'
const encoder = new TextEncoder()

export const mockSse: Serve = async ({ history = 50 } = {}) =>
  mock(url, (at) => sse(at), createFeed(history), mockEvents)

function mockEvents(state: MockState): Mock {
  const { feed } = state
  const cuts = new Set<() => void>()

  function body(request: Request): ReadableStream<Uint8Array> {
    const query = new URL(request.url).searchParams
    let leave = () => {}
    return new ReadableStream({
      start(controller) {
        const send = (text: string) => state.isFrozen || controller.enqueue(encoder.encode(text))
        const sendEvents = (events: readonly FeedEvent[]) =>
          send(
            events.map(({ position, data }) => formatSseBlock({ id: position, data: JSON.stringify(data) })).join(''),
          )
        const finish = () => {
          send(formatSseBlock({ event: controlEvents.complete, data: '{}' }))
          leave()
          controller.close()
        }
        const unwatch = feed.watch((events) => (feed.isComplete ? finish() : sendEvents(events)))
        const cut = () => {
          leave()
          controller.error(new TypeError('terminated'))
        }
        leave = () => {
          if (cuts.delete(cut)) state.open--
          unwatch()
        }
        cuts.add(cut)
        state.open++
        const { position, gap, recovered, events } = feed.join(
          request.headers.get('Last-Event-ID') ?? '',
          query.get('from') === 'start',
        )
        const greeting = JSON.stringify({ clientId: 'sse_1', heartbeatInterval: 15_000, recovered })
        const id = gap ? undefined : position
        send(formatSseComment('welcome') + formatSseBlock({ event: controlEvents.connected, id, data: greeting }))
        const loss = JSON.stringify({ kind: 'lost', ...gap })
        if (gap) send(formatSseBlock({ event: controlEvents.gap, id: gap.to, data: loss }))
        if (events.length) sendEvents(events)
        if (feed.isComplete) finish()
      },
      cancel: () => leave(),
    })
  }

  return {
    handler: http.get(url, ({ request }) => {
      state.asked++
      if (state.isRefusing) return HttpResponse.error()
      if (state.isFrozen) return new Promise<never>(() => {})
      const isAtEnd = feed.isComplete && request.headers.get('Last-Event-ID') === feed.position
      return isAtEnd
        ? new HttpResponse(null, { status: 204 })
        : new HttpResponse(body(request), { headers: { 'Content-Type': 'text/event-stream' } })
    }),
    cut: () => [...cuts].forEach((cut) => cut()),
  }
}
