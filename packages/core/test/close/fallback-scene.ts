import { polling, sse, webSocket } from '../../src/index.ts'
import { trackFetch } from './tracked-fetch.ts'
import { trackSockets } from './tracked-sockets.ts'

import type { Scene } from './world.ts'

const json = { 'Content-Type': 'application/json' }
const page = { headers: { 'Content-Type': 'text/html' }, text: 'blocked' }
const nothingNew = { headers: json, text: '{"events":[],"positions":{"job":"a:0"}}' }
const greeting = 'id: a:0\nevent: steadystream.connected\ndata: {"clientId":"1","heartbeatInterval":15000}\n\n'

/** From server-sent events over a WebSocket to polling, and back by a probe that finds nothing and one that does. */
export function fallbackScene(): Scene {
  const server = trackFetch(true)
  const sockets = trackSockets()
  const { fetch } = server
  const accept = () =>
    server.answer(200, { to: '/events', headers: { 'Content-Type': 'text/event-stream' } }).write(greeting)
  return {
    usesTimers: true,
    options: {
      transports: [
        sse('http://stream.test/events', { fetch }),
        webSocket('ws://stream.test/feed', { WebSocket: sockets.WebSocket }),
        polling('http://stream.test/poll', { fetch }),
      ],
      // Whatever it says, silence is not what this is about.
      heartbeatInterval: 0,
    },
    steps: [
      [() => server.answer(200, { to: '/events', ...page })],
      // Open, and not a byte.
      [sockets.accept, 10_000],
      [() => server.answer(200, { to: '/poll', ...nothingNew }), 100],
      // While the next request is held, the best one is probed, and is blocked still.
      [() => {}, 'the next request'],
      [() => server.answer(200, { to: '/events', ...page }), 'the next request'],
      // The next in its turn opens, and says nothing.
      [sockets.accept, 15_000],
      [() => {}, 'the next request'],
      // It works again, and is taken over.
      [accept],
      [accept, 6000],
    ],
    open: () => server.open() + sockets.open(),
    asked: () => server.asked() + sockets.asked(),
    late: server.answerRest,
  }
}
