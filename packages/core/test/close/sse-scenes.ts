import { sse } from '../../src/index.ts'
import { trackFetch } from './tracked-fetch.ts'

import type { Scene } from './world.ts'
import type { TrackedBody } from './tracked-fetch.ts'

const events = { headers: { 'Content-Type': 'text/event-stream' } }
const greeting = 'id: a:0\nevent: steadystream.connected\ndata: {"clientId":"1","heartbeatInterval":15000}\n\n'
const block = (n: number) => `id: a:${n}\ndata: ${n}\n\n`

/** Everything that may befall an event stream with functions for its URL and headers. */
export function sseScene(heedsSignal: boolean): Scene {
  const server = trackFetch(heedsSignal)
  let body: TrackedBody | undefined
  let token = 'old'
  let handled = () => {}
  const accept = () => void (body = server.answer(200, events))
  return {
    options: {
      transports: [
        sse(async () => 'http://stream.test/events', {
          fetch: server.fetch,
          headers: async () => ({ Authorization: token }),
        }),
      ],
      refreshAuth: async () => void (token = 'new'),
      persist: { get: async () => null, set: async () => {} },
      maxBufferedEvents: 3,
      onData: () => new Promise<void>((resolve) => (handled = resolve)),
      events: { message: async () => {} },
    },
    steps: [
      // A redirect is followed by hand, as the headers are the user's.
      [() => server.answer(302, { headers: { Location: '/elsewhere' }, text: 'over there' })],
      [() => server.answer(401, { text: 'no' })],
      [accept],
      [() => body?.write(`: hello\n\n${greeting}`)],
      [() => body?.write(block(1)), 5000],
      [() => [2, 3, 4, 5].forEach((n) => body?.write(block(n)))],
      ...[1, 2, 3, 4, 5].map(() => [() => handled()] as const),
      [() => body?.fail(), 'the next request'],
      [() => server.fail(), 'the next request'],
      [() => server.answer(503, { headers: { 'Retry-After': '1' }, text: 'later' }), 'the next request'],
      [() => server.answer(200, { headers: { 'Content-Type': 'text/html' }, text: 'log in' }), 'the next request'],
      // No answer, and then silence.
      [() => {}, 'the next request'],
      [accept, 'the next request'],
      [accept],
      [() => body?.write('event: steadystream.close\ndata: {"code":3001,"reconnect":true}\n\n'), 'the next request'],
      [() => server.answer(204)],
    ],
    late: server.answerRest,
    ...server,
  }
}

/** A question that is not to be asked twice, read in a loop. */
export function iteratedScene(heedsSignal: boolean): Scene {
  const server = trackFetch(heedsSignal)
  let body: TrackedBody | undefined
  const { fetch } = server
  return {
    isIterated: true,
    options: {
      transports: [sse('http://stream.test/events', { fetch, body: async () => ({ question: 'why' }) })],
      isComplete: ({ data }) => data === '[DONE]',
      batch: 10,
    },
    steps: [
      [() => server.answer(503, { text: '' }), 1000],
      [() => void (body = server.answer(200, events))],
      [() => body?.write('data: 1\n\ndata: 2\n\n'), 10],
      [() => body?.write('data: 3\n\n'), 10],
      [() => body?.write('data: [DONE]\n\n'), 10],
    ],
    late: server.answerRest,
    ...server,
  }
}

/** A link that its stream leaves and another one joins, while something arrives. */
export function lingeringScene(): Scene {
  const server = trackFetch(true)
  let body: TrackedBody | undefined
  return {
    lingers: true,
    options: { transports: [sse('http://stream.test/events', { fetch: server.fetch })], pool: true },
    steps: [
      [() => void (body = server.answer(200, events))],
      [() => body?.write(greeting)],
      [(stream) => stream.close()],
      [() => body?.write(block(1))],
      [(_, openAnother) => openAnother()],
      [() => body?.write(block(2))],
    ],
    late: server.answerRest,
    ...server,
  }
}
