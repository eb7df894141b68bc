import { polling } from '../../src/index.ts'
import { trackFetch } from './tracked-fetch.ts'

import type { Scene } from './world.ts'

const json = { 'Content-Type': 'application/json' }
const event = (n: number) => ({ type: 'event', channel: 'job', position: `a:${n}`, data: n })
const reply = (position: string, ...events: readonly unknown[]) => ({
  headers: json,
  text: JSON.stringify({ events, positions: { job: position } }),
})

/** An endpoint of ours, from the first question to the channel's end. */
export function pollScene(heedsSignal: boolean): Scene {
  const server = trackFetch(heedsSignal)
  let token = 'old'
  let handled = () => {}
  return {
    options: {
      transports: [
        polling(async () => 'http://stream.test/poll', {
          fetch: server.fetch,
          headers: async () => ({ Authorization: token }),
        }),
      ],
      refreshAuth: async () => void (token = 'new'),
      maxBufferedEvents: 2,
      onData: () => new Promise<void>((resolve) => (handled = resolve)),
    },
    steps: [
      [() => server.answer(401, { text: 'no' })],
      [() => server.answer(200, reply('a:0')), 100],
      [() => server.answer(200, reply('a:6', ...[1, 2, 3, 4, 5, 6].map(event)))],
      ...[1, 2, 3, 4, 5, 6].map(() => [() => handled()] as const),
      // Held, and then nothing: a pause.
      [() => {}, 100],
      [() => server.answer(200, reply('a:6')), 2000],
      [() => server.fail(), 5000],
      [() => server.answer(200, reply('a:6')), 100],
      [() => server.answer(200, { ...reply('a:7', event(7)), isWhole: true })],
      [() => handled(), 100],
      [() => server.answer(502, { text: 'bad gateway' }), 10_000],
      [() => server.answer(200, reply('b:9', { type: 'gap', kind: 'lost', from: 'a:7', to: 'b:9' })), 2000],
      [() => server.answer(200, reply('b:9', { type: 'complete', channel: 'job', position: 'b:9' }))],
    ],
    late: server.answerRest,
    ...server,
  }
}

/** Any endpoint, which is asked again and again. */
export function itemsScene(heedsSignal: boolean): Scene {
  const server = trackFetch(heedsSignal)
  let handled = () => {}
  return {
    options: {
      transports: [
        polling('http://stream.test/items', {
          fetch: server.fetch,
          parse: (body) => (body as number[]).map((n) => ({ id: n, data: n })),
          interval: 30_000,
        }),
      ],
      maxBufferedEvents: 2,
      onData: () => new Promise<void>((resolve) => (handled = resolve)),
    },
    steps: [
      [() => server.answer(200, { headers: { ...json, ETag: '"1"' }, text: '[1,2,3,4]' })],
      ...[1, 2, 3, 4].map(() => [() => handled()] as const),
      [() => {}, 60_000],
      [() => server.answer(304), 60_000],
      [() => server.answer(200, { headers: json, text: '{}' }), 5000],
      [() => server.answer(200, { headers: json, text: '[4,5]' })],
      [() => handled(), 60_000],
      [() => server.answer(204)],
    ],
    late: server.answerRest,
    ...server,
  }
}
