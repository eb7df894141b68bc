import { webSocket } from '../../src/index.ts'
import { trackSockets } from './tracked-sockets.ts'

import type { Scene } from './world.ts'

const greeting = (position: string) => [
  { type: 'connected', clientId: '1', heartbeatInterval: 15_000 },
  { type: 'subscribed', channel: 'job', position },
]
const event = (n: number) => ({ type: 'event', channel: 'job', position: `a:${n}`, data: n })

/** Everything that may befall a WebSocket. */
export function webSocketScene(): Scene {
  const sockets = trackSockets()
  let token = 'old'
  let handled = () => {}
  return {
    usesTimers: true,
    options: {
      transports: [
        webSocket(async () => 'ws://stream.test/feed', {
          WebSocket: sockets.WebSocket,
          protocols: async () => ['steadystream.v1', token],
        }),
      ],
      refreshAuth: async () => void (token = 'new'),
      maxBufferedEvents: 3,
      onData: () => new Promise<void>((resolve) => (handled = resolve)),
    },
    steps: [
      [sockets.accept],
      [() => sockets.close(3000)],
      [sockets.accept],
      [() => sockets.send(...greeting('a:0'))],
      // More than it has room for: it hangs up, and comes back when there is some.
      [() => sockets.send(...[1, 2, 3].map(event))],
      ...[1, 2, 3].map(() => [() => handled()] as const),
      [sockets.accept],
      [() => sockets.send(...greeting('a:3'), event(4)), 6000],
      [() => handled()],
      [() => sockets.close(1006), 'the next request'],
      // An error whose close does not come.
      [sockets.fail, 'the next request'],
      // No answer at all, and then silence.
      [() => {}, 'the next request'],
      [sockets.accept],
      [() => sockets.send(...greeting('a:4')), 'the next request'],
      [sockets.accept],
      [() => sockets.send(...greeting('a:4'), { type: 'complete', channel: 'job', position: 'a:4' })],
    ],
    ...sockets,
  }
}
