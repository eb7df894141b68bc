import { ws } from 'msw'

import { webSocket } from '../../src/index.ts'
import { createFeed } from './feed.ts'
import { mock } from './mocked.ts'

import type { ServerEnvelope } from '../../src/protocol/index.ts'
import type { Serve } from './contract-server.ts'
import type { FeedEvent } from './feed.ts'
import type { Mock, MockState } from './mocked.ts'

const url = 'ws://contract.test/feed'
const channel = 'numbers'
// One for all: each that is made listens on a channel of its own for good.
const link = ws.link(url)

export const mockWebSocket: Serve = async ({ history = 50 } = {}) =>
  mock(url, (at) => webSocket(at), createFeed(history), mockSockets)

const envelopesOf = (events: readonly FeedEvent[]): ServerEnvelope[] =>
  events.map(({ position, data }) => ({ type: 'event', channel, position, data }))

function mockSockets(state: MockState): Mock {
  const { feed } = state
  const open = new Set<{ close(code: number): void }>()
  const handler = link.addEventListener('connection', ({ client }) => {
    state.asked++
    // It is open already: the nearest thing to refusing it.
    if (state.isRefusing) return client.close(1001)
    const send = (...envelopes: ServerEnvelope[]) => state.isFrozen || client.send(JSON.stringify(envelopes))
    const finish = () => {
      send({ type: 'complete', channel, position: feed.position })
      // At once it would overtake what has been sent.
      setImmediate(() => client.close(1000))
    }
    const unwatch = feed.watch((events) => (feed.isComplete ? finish() : send(...envelopesOf(events))))
    open.add(client)
    state.open++
    client.addEventListener('close', () => {
      if (open.delete(client)) state.open--
      unwatch()
    })
    const query = client.url.searchParams
    const { position, gap, recovered, events } = feed.join(
      query.get('lastEventId') ?? '',
      query.get('from') === 'start',
    )
    send({ type: 'connected', clientId: 'ws_1', heartbeatInterval: 15_000 })
    send({ type: 'subscribed', channel, position, recovered })
    if (gap) send({ type: 'gap', kind: 'lost', channel, ...gap })
    send(...envelopesOf(events))
    if (feed.isComplete) finish()
  })
  return {
    handler,
    cut() {
      // Its 1006 is not a true one.
      for (const client of [...open]) client.close(1001)
    },
  }
}
