import { readStream } from './read-stream.ts'
import { serve } from './serve.ts'

import type { PollAnswer } from '@steadystream/core/protocol'
import type { Channel, RealtimeOptions } from '../../src/index.ts'
import type { Ask } from './read-stream.ts'
import type { Framework } from './serve.ts'

export function servePolls(options: RealtimeOptions = {}, channel?: Channel, kind: Framework = 'node:http') {
  return serve((realtime, req, res) => realtime.poll(req, res, { channel }), options, kind)
}

export async function poll(port: number, query: string, ask: Ask = {}) {
  const { status, headers, over, text } = await readStream(port, { path: `/events${query}`, ...ask })
  await over
  return { status, headers, body: JSON.parse(text()) as PollAnswer } // what each test then compares
}

export function event(epoch: string, offset: number, data: unknown = offset) {
  return { type: 'event', channel: 'a', position: `${epoch}:${offset}`, data }
}
