import { createEnhancedSSEStream } from '../../src/index.ts'
import { sharedStore } from '../../src/store/index.ts'
import { trackFetch } from './tracked-fetch.ts'

import type { ManualClock } from '../../src/testing/index.ts'
import type { TrackedBody } from './tracked-fetch.ts'
import type { Scene } from './world.ts'

const events = { headers: { 'Content-Type': 'text/event-stream' } }

/** A store that is watched, left while something arrives, and watched again. Its own frames and linger are no stream's. */
export function storeScene(storeClock: ManualClock): Scene {
  const server = trackFetch(true)
  let body: TrackedBody | undefined
  let leave = () => {}
  let watch = () => {}
  const accept = () => void (body = server.answer(200, events))
  return {
    begin(around) {
      const store = sharedStore<number, number>('close', {
        initial: 0,
        reduce: (sum, data) => sum + data,
        clock: storeClock,
        open: (handlers, signal) =>
          createEnhancedSSEStream<number>('http://stream.test/events', handlers, {
            ...{ clock: around.clock, manager: around.manager, jitter: 0, pool: false, signal, fetch: server.fetch },
          }),
      })
      const handlers = { onData: async () => {}, onStateChange: around.onStateChange }
      watch = () => void (leave = store.watch({ changed() {}, handlers: () => handlers }))
      watch()
      return {
        get state() {
          return store.getSnapshot().link.state === 'connected' ? 'connected' : 'disconnected'
        },
        close: () => store.disconnect(),
      }
    },
    steps: [
      [accept],
      [() => body?.write('data: 1\n\ndata: 2\n\n'), 20],
      [() => leave()],
      [() => body?.write('data: 3\n\ndata: 4\n\n'), 20],
      [() => watch(), 20],
      [() => body?.fail(), 'the next request'],
      [accept],
      [() => leave(), 500],
    ],
    leave: () => leave(),
    late: server.answerRest,
    ...server,
  }
}
