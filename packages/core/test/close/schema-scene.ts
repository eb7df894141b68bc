import { sse } from '../../src/index.ts'
import { trackFetch } from './tracked-fetch.ts'

import type { TrackedBody } from './tracked-fetch.ts'
import type { Scene } from './world.ts'

/** Events that a schema takes its time to look at: a good one, a bad one, and one that it fails at. */
export function schemaScene(): Scene {
  const server = trackFetch(true)
  let body: TrackedBody | undefined
  let answer = (_: unknown) => {}
  const validate = () => new Promise<never>((resolve) => (answer = resolve as typeof answer))
  return {
    options: {
      transports: [sse('http://stream.test/events', { fetch: server.fetch })],
      schema: { '~standard': { version: 1, vendor: 'test', validate } },
      events: { named: async () => {} },
    },
    steps: [
      [() => void (body = server.answer(200, { headers: { 'Content-Type': 'text/event-stream' } }))],
      [() => body?.write('id: 1\nevent: named\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n')],
      [() => answer({ value: 1 })],
      [() => answer({ issues: [{ message: 'must be 1', path: ['a', { key: 'b' }] }] })],
      [() => answer(Promise.reject(new Error('broken')))],
      [() => body?.write('id: 4\ndata: 4\n\n')],
    ],
    late: server.answerRest,
    ...server,
  }
}
