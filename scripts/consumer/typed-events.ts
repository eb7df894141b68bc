// Events that a schema types, and what must not compile, as somebody else's program sees them.
import { createEnhancedSSEStream, createStreamManager, eventSchemas } from '@steadystream/core'
import type { EventsOf, Schema, Stream, StreamHandlers } from '@steadystream/core'
import { createJobProgressEvent } from '@steadystream/core/events'
import { createAutopilotStream, createDefinedStream, jobProgress } from '@steadystream/core/presets'
import { createManualClock, createScriptedStream, runStreamingTests } from '@steadystream/core/testing'
import { createAlertEvent } from '@steadystream/server'
import * as v from 'valibot'
import { z } from 'zod'

interface Progress {
  readonly type: 'progress'
  readonly done: number
}
interface Failed {
  readonly type: 'failed'
  readonly reason: string
}

const server = createScriptedStream()
const clock = createManualClock()
const manager = createStreamManager({ fetch: server.fetch, clock, baseUrl: 'https://consumer.example' })
const received: string[] = []

const prices: Stream<{ price: number }> = createEnhancedSSEStream(
  '/prices',
  { onData: ({ price }) => received.push(price.toFixed(2)), onInvalid: ({ code }) => void received.push(code) },
  { schema: z.object({ price: z.number() }), manager },
)
await clock.advance(0)
server.connection(0).push({ data: { price: 1 } })
server.connection(0).push({ data: { price: 'one' } })
await clock.advance(0)
prices.close()

const byName = eventSchemas({ delta: v.string(), usage: z.object({ tokens: z.number() }) })
export const byType: StreamHandlers<Progress | Failed> = { events: { failed: ({ reason }) => reason.length } }
export const kinds: keyof EventsOf<Progress | Failed> = 'progress'
export const follow = <T>(schema: Schema<T>, handlers: StreamHandlers<T>) =>
  createEnhancedSSEStream('/any', handlers, { schema, manager })

// Compiled, and never called.
export const wrong = [
  () =>
    createEnhancedSSEStream(
      '/',
      { events: { delta: (text) => text.length, usage: (u) => u.tokens } },
      { schema: byName },
    ),
  // @ts-expect-error there is no event `other`
  () => createEnhancedSSEStream('/', { events: { other: () => {} } }, { schema: byName }),
  // @ts-expect-error a delta is a string
  () => createEnhancedSSEStream('/', { events: { delta: (data: 1) => data } }, { schema: byName }),
  // @ts-expect-error there is no `amount` in a price
  () => createEnhancedSSEStream('/', { onData: (data) => data.amount }, { schema: z.object({ price: z.number() }) }),
  // @ts-expect-error a job is named by its jobId
  () => createDefinedStream(jobProgress, { id: '7' }),
  // @ts-expect-error a task is named by a string
  () => createAutopilotStream(7),
  // @ts-expect-error progress is a number
  () => createJobProgressEvent({ jobId: '7', status: 'queued', stage: '', progress: 'half', message: '' }),
]

const { ok, findings } = await runStreamingTests()
console.log(received.join(' '), createAlertEvent('info', 'a', 'b', 'c').type, ok, findings.length)
