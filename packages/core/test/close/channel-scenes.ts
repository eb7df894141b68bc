import { createChannelClient, polling, sse, webSocket } from '../../src/index.ts'
import { trackFetch } from './tracked-fetch.ts'
import { trackSockets } from './tracked-sockets.ts'

import type {
  ChannelClient,
  ChannelOptions,
  ChannelSubscription,
  StreamError,
  TransportFactory,
} from '../../src/index.ts'
import type { TrackedBody } from './tracked-fetch.ts'
import type { Around, Scene } from './world.ts'

export const events = { headers: { 'Content-Type': 'text/event-stream' } }
export const connected = { type: 'connected', clientId: '1', session: 's', heartbeatInterval: 15_000 }
export const subscribed = (channel: string, position: string, recovered?: boolean) => ({
  ...{ type: 'subscribed', channel, position },
  ...(recovered !== undefined && { recovered }),
})
export const event = (channel: string, n: number) => ({ type: 'event', channel, position: `a:${n}`, data: n })
const lost = (to: string) => ({ type: 'gap', channel: 'job', kind: 'lost', from: 'a:1', to })
/** A block of an event stream that holds these. */
export const block = (...envelopes: readonly object[]) => `data: ${JSON.stringify(envelopes)}\n\n`
const json = { 'Content-Type': 'application/json' }
/** Answers to commands. */
export const replies = (...all: readonly object[]) => ({ headers: json, text: JSON.stringify({ replies: all }) })
/** The answer to a poll. */
const polled = (positions: object, ...all: readonly object[]) => ({
  headers: json,
  text: JSON.stringify({ events: all, positions }),
})
export const published = (id: string) => ({ type: 'published', id, position: 'a:9' })

/** A client of one channel, whose state it fails to load at first, and what a scene does with it. */
function openClient(transports: readonly TransportFactory[]) {
  let client: ChannelClient | undefined
  let more: ChannelSubscription | undefined
  let handled = () => {}
  let note = (_: string) => {}
  let loads = 0

  function subscribe(channel: string, options?: ChannelOptions<unknown>): ChannelSubscription | undefined {
    return client?.subscribe(
      channel,
      {
        onData: () => new Promise<void>((resolve) => (handled = resolve)),
        onGap: async () => note('gap'),
        onError: ({ code }) => note(code),
        onComplete: () => note('complete'),
        onSubscribed: () => note('subscribed'),
      },
      options,
    )
  }
  return {
    begin({ note: own, ...around }: Around) {
      note = own
      client = createChannelClient({ ...around, transports, maxBufferedEvents: 2 })
      subscribe('job', {
        async getState() {
          note('load')
          if (!loads++) throw new Error('not now')
          return 'a:0'
        },
      })
      return client
    },
    /** What has been closed sends nothing. */
    publishLate: () =>
      client?.publish('job', 1).catch(({ code }: StreamError) => {
        if (code !== 'UNSENT') note(`publish ${code}`)
      }),
    handled: () => handled(),
    subscribe: () => void (more = subscribe('more', { from: 'start' })),
    unsubscribe: () => more?.unsubscribe(),
    publish(id: string) {
      client?.publish('job', 1, { id }).catch(() => {})
    },
  }
}

/** Channels over an event stream, with commands beside it. */
export function channelStreamScene(): Scene {
  const server = trackFetch(true)
  const { begin, publishLate, handled, subscribe, unsubscribe, publish } = openClient([
    sse(async () => 'http://stream.test/channels', { fetch: server.fetch, headers: async () => ({ Token: '1' }) }),
  ])
  let body: TrackedBody | undefined
  const accept = () => void (body = server.answer(200, events))
  const say = (...envelopes: readonly object[]) => body?.write(block(...envelopes))
  return {
    begin,
    steps: [
      [accept],
      // Its state cannot be loaded, and then can.
      [() => say(connected, subscribed('job', 'a:0')), 5000],
      [() => say(...[1, 2, 3].map((n) => event('job', n)))],
      ...[1, 2, 3].map(() => [handled] as const),
      [subscribe, 100],
      [() => server.answer(200, replies(subscribed('more', 'a:0')))],
      [() => publish('one')],
      [() => server.answer(200, replies(published('one')))],
      [() => publish('two')],
      [() => server.answer(503, { text: 'later' })],
      [() => publish('three')],
      [() => server.fail()],
      [unsubscribe, 100],
      // Nobody knows whether it arrived: a new link begins.
      [() => server.fail(), 'the next request'],
      [accept],
      [() => say(connected, subscribed('job', 'a:3', false), lost('a:7'))],
      [() => body?.fail(), 'the next request'],
      [accept],
      [() => say(connected, subscribed('job', 'a:7', true), { ...subscribed('job', 'a:7'), type: 'complete' })],
    ],
    late() {
      server.answerRest()
      void publishLate()
    },
    ...server,
  }
}

/** Channels over a WebSocket. */
export function channelSocketScene(): Scene {
  const sockets = trackSockets()
  const { begin, publishLate, handled, subscribe, unsubscribe, publish } = openClient([
    webSocket('ws://stream.test/feed', { WebSocket: sockets.WebSocket }),
  ])
  return {
    usesTimers: true,
    begin,
    steps: [
      [sockets.accept],
      [() => sockets.send(connected)],
      [() => sockets.send(subscribed('job', 'a:0')), 5000],
      [() => sockets.send(event('job', 1))],
      [handled],
      [subscribe, 100],
      [() => sockets.send(subscribed('more', 'a:0'), event('more', 1))],
      [() => publish('one')],
      [() => sockets.send(published('one'))],
      [unsubscribe, 100],
      [() => publish('two')],
      [() => sockets.close(1006), 'the next request'],
      [sockets.accept],
      [() => sockets.send(connected, subscribed('job', 'a:1', false), lost('a:7'))],
      [() => sockets.send({ type: 'error', code: 'FORBIDDEN', channel: 'job', message: 'no more' })],
    ],
    late: () => void publishLate(),
    ...sockets,
  }
}

/** Channels over polls. */
export function channelPollScene(): Scene {
  const server = trackFetch(true)
  const { begin, publishLate, handled, subscribe, unsubscribe, publish } = openClient([
    polling(async () => 'http://stream.test/poll', { fetch: server.fetch }),
  ])
  return {
    begin,
    steps: [
      [() => server.answer(200, polled({ job: 'a:0' })), 5000],
      // More than there is room for.
      [() => server.answer(200, polled({ job: 'a:4' }, ...[1, 2, 3, 4].map((n) => event('job', n))))],
      ...[1, 2, 3, 4].map(() => [handled] as const),
      [() => {}, 2000],
      // Has the request that waits go out anew.
      [subscribe],
      [() => server.answer(200, polled({ job: 'a:4', more: 'a:1' }, event('more', 1)))],
      [handled, 100],
      [unsubscribe],
      // Between two polls.
      [() => server.answer(200, polled({ job: 'a:4' }))],
      [() => publish('one')],
      [() => server.answer(200, replies(published('one'))), 2000],
      [() => server.fail(), 5000],
      [() => server.answer(200, polled({ job: 'a:7' }, lost('a:7')))],
    ],
    late() {
      server.answerRest()
      void publishLate()
    },
    ...server,
  }
}
