import * as v from 'valibot'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

import { createEnhancedSSEStream, createStream, eventSchemas, sse } from '../../src/index.ts'
import {
  createAutopilotStream,
  createDefinedStream,
  createJobProgressEvent,
  jobProgress,
} from '../../src/presets/index.ts'

import type { ChannelClient, ChannelMeta, EventMeta, Schema, Stream, StreamEvent } from '../../src/index.ts'
import type { AutopilotEvent, JobProgressEvent } from '../../src/presets/index.ts'

// The compiler is what tests here: each case is a function that is compiled and never called.
const compiled = (...cases: readonly ((schema: Schema<Progress | Alert>) => unknown)[]) =>
  expect(cases).not.toHaveLength(0)

declare const client: ChannelClient

interface Progress {
  readonly type: 'progress'
  readonly done: number
}
interface Alert {
  readonly type: 'alert'
  readonly text: string
}

const price = z.object({ symbol: z.string(), price: z.number() })
const priceByName = eventSchemas({ price })
interface Price {
  symbol: string
  price: number
}

describe('data has the type', () => {
  it('that the schema gives', () =>
    compiled(
      () => {
        const stream = createEnhancedSSEStream(
          '/prices',
          {
            onData: (data, meta) => (
              expectTypeOf(data).toEqualTypeOf<Price>(),
              expectTypeOf(meta).toEqualTypeOf<EventMeta>()
            ),
          },
          { schema: price },
        )
        expectTypeOf(stream).toEqualTypeOf<Stream<Price>>()
      },
      () => createEnhancedSSEStream('/', { onData: (n) => expectTypeOf(n).toBeNumber() }, { schema: v.number() }),
      () =>
        createEnhancedSSEStream(
          '/',
          { onData: (at) => expectTypeOf(at).toEqualTypeOf<Date>() },
          { schema: z.coerce.date() },
        ),
      () =>
        createStream({
          transports: [sse('/')],
          schema: price,
          onData: (data) => expectTypeOf(data).toEqualTypeOf<Price>(),
        }),
      async () => {
        for await (const event of createEnhancedSSEStream('/prices', {}, { schema: price }))
          expectTypeOf(event).toEqualTypeOf<StreamEvent<Price>>()
      },
    ))

  it('that the user says, where there is no schema', () =>
    compiled(
      () => createEnhancedSSEStream<Price>('/', { onData: (data) => expectTypeOf(data).toEqualTypeOf<Price>() }),
      () => createEnhancedSSEStream('/', { onData: (data) => expectTypeOf(data).toBeUnknown() }),
      () => expectTypeOf(createEnhancedSSEStream('/', { onData: (_: Price) => {} })).toEqualTypeOf<Stream<Price>>(),
      () =>
        expectTypeOf(createEnhancedSSEStream('/', {}, { parse: (text) => text.length })).toEqualTypeOf<
          Stream<number>
        >(),
    ))

  it('that belongs to the name of the event', () =>
    compiled(
      () =>
        createEnhancedSSEStream<Progress | Alert>('/', {
          events: {
            progress: (data) => expectTypeOf(data).toEqualTypeOf<Progress>(),
            alert: (data) => expectTypeOf(data).toEqualTypeOf<Alert>(),
          },
        }),
      () =>
        createEnhancedSSEStream(
          '/',
          { events: { a: (data) => expectTypeOf(data).toEqualTypeOf<{ type: 'a'; n: number }>() } },
          {
            schema: z.discriminatedUnion('type', [
              z.object({ type: z.literal('a'), n: z.number() }),
              z.object({ type: z.literal('b') }),
            ]),
          },
        ),
      () =>
        createEnhancedSSEStream(
          '/',
          {
            onData: (data) => expectTypeOf(data).toEqualTypeOf<Price | string>(),
            events: {
              price: (data) => expectTypeOf(data).toEqualTypeOf<Price>(),
              note: (data) => expectTypeOf(data).toBeString(),
            },
          },
          { schema: eventSchemas({ price, note: v.string() }) },
        ),
      () =>
        createStream({
          transports: [sse('/')],
          schema: eventSchemas({ price, note: v.string() }),
          events: { note: (data) => expectTypeOf(data).toBeString() },
        }),
      // Events whose names say what is in them, without a schema: the second parameter.
      () =>
        createEnhancedSSEStream<unknown, { delta: string; usage: { tokens: number } }>('/', {
          events: {
            delta: (data) => expectTypeOf(data).toBeString(),
            usage: ({ tokens }) => expectTypeOf(tokens).toBeNumber(),
          },
        }),
      (schema: Schema<Progress | Alert>) =>
        createEnhancedSSEStream(
          '/',
          { events: { alert: (data) => expectTypeOf(data).toEqualTypeOf<Alert>() } },
          { schema },
        ),
      // Without a type to tell names by, each name may have any of it.
      () =>
        createEnhancedSSEStream<Price>('/', { events: { any: (data) => expectTypeOf(data).toEqualTypeOf<Price>() } }),
    ))

  it('that the schema of a channel gives', () =>
    compiled(
      () =>
        client.subscribe(
          'prices',
          {
            onData: (data, meta) => (
              expectTypeOf(data).toEqualTypeOf<Price>(),
              expectTypeOf(meta).toEqualTypeOf<ChannelMeta>()
            ),
          },
          { schema: price, getState: ({ position }) => expectTypeOf(position).toBeString() },
        ),
      () =>
        client.subscribe(
          { type: 'at', id: '1' },
          { onData: (n) => expectTypeOf(n).toBeNumber() },
          { schema: v.number() },
        ),
      () =>
        client.subscribe(
          'mixed',
          { onData: (data) => expectTypeOf(data).toEqualTypeOf<Price | string>() },
          { schema: eventSchemas({ price, note: v.string() }) },
        ),
      () => client.subscribe<Price>('prices', { onData: (data) => expectTypeOf(data).toEqualTypeOf<Price>() }),
      () => client.subscribe('prices', { onData: (data) => expectTypeOf(data).toBeUnknown() }),
    ))

  it('that a preset gives', () =>
    compiled(
      () => createAutopilotStream('1', { onData: (event) => expectTypeOf(event).toEqualTypeOf<AutopilotEvent>() }),
      () =>
        createDefinedStream(
          jobProgress,
          { jobId: '1' },
          { onData: (event) => expectTypeOf(event).toEqualTypeOf<JobProgressEvent>() },
        ),
    ))
})

describe('what does not compile is', () => {
  it('a wrong payload', () =>
    compiled(
      // @ts-expect-error there is no `amount` in a price
      () => createEnhancedSSEStream('/', { onData: (data) => data.amount }, { schema: price }),
      // @ts-expect-error a price is no string
      () => createEnhancedSSEStream('/', { onData: (data: string) => data }, { schema: price }),
      // @ts-expect-error a job has no `percent`
      () => createJobProgressEvent({ jobId: '1', status: 'queued', stage: 's', percent: 1, message: '' }),
      // @ts-expect-error progress is a number
      () => createJobProgressEvent({ jobId: '1', status: 'queued', stage: 's', progress: '1', message: '' }),
    ))

  it('a wrong handler or argument of one', () =>
    compiled(
      // @ts-expect-error there is no such handler
      () => createEnhancedSSEStream('/', { onMessage: () => {} }),
      // @ts-expect-error data comes before its meta
      () => createEnhancedSSEStream<Price>('/', { onData: (meta: EventMeta) => meta.id }),
      // @ts-expect-error there is no event `progres`
      () => createEnhancedSSEStream<Progress | Alert>('/', { events: { progres: () => {} } }),
      // @ts-expect-error `alert` has a text
      () => createEnhancedSSEStream<Progress | Alert>('/', { events: { alert: (data) => data.done } }),
      // @ts-expect-error `alert` is no progress
      () => createEnhancedSSEStream<Progress | Alert>('/', { events: { alert: (data: Progress) => data } }),
      // @ts-expect-error there is no event `cost`
      () => createEnhancedSSEStream('/', { events: { cost: () => {} } }, { schema: priceByName }),
      // @ts-expect-error `price` is no string
      () => createEnhancedSSEStream('/', { events: { price: (data: 1) => data } }, { schema: priceByName }),
    ))

  it('a wrong schema', () =>
    compiled(
      // @ts-expect-error a function is no schema
      () => createEnhancedSSEStream('/', {}, { schema: (data: unknown) => data }),
      // @ts-expect-error the schema is one of prices
      () => createEnhancedSSEStream<Progress>('/', {}, { schema: price }),
      // @ts-expect-error a map has to go through eventSchemas
      () => createEnhancedSSEStream('/', {}, { schema: { price } }),
    ))

  it('a wrong parameter of a preset', () =>
    compiled(
      // @ts-expect-error a job is named by its jobId
      () => createDefinedStream(jobProgress, { id: '1' }),
      // @ts-expect-error a jobId is a string
      () => createDefinedStream(jobProgress, { jobId: 1 }),
      // @ts-expect-error a task is named by a string
      () => createAutopilotStream({ taskId: '1' }),
      // @ts-expect-error there is no step `finished`
      () => createAutopilotStream('1', { onData: ({ step }) => step === 'finished' }),
    ))

  it('a wrong payload, handler, option or name of a channel', () =>
    compiled(
      // @ts-expect-error there is no `amount` in a price
      () => client.subscribe('prices', { onData: (data) => data.amount }, { schema: price }),
      // @ts-expect-error a price is no string
      () => client.subscribe('prices', { onData: (data: string) => data }, { schema: price }),
      // @ts-expect-error the schema is one of prices
      () => client.subscribe<Progress>('prices', {}, { schema: price }),
      // @ts-expect-error there is no such handler
      () => client.subscribe('prices', { onMessage: () => {} }),
      // @ts-expect-error data comes before its meta
      () => client.subscribe<Price>('prices', { onData: (meta: ChannelMeta) => meta.position }),
      // @ts-expect-error a function is no schema
      () => client.subscribe('prices', {}, { schema: (data: unknown) => data }),
      // @ts-expect-error state is loaded by a function
      () => client.subscribe('prices', {}, { getState: '/state' }),
      // @ts-expect-error a channel has an id or a user
      () => client.subscribe({ type: 'alerts' }, {}),
      // @ts-expect-error and not both
      () => client.subscribe({ type: 'alerts', id: '1', userId: 'ann' }, {}),
    ))
})
