import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'

import { createEnhancedSSEStream, createStreamManager, eventSchemas } from '../../src/index.ts'
import { createManualClock, createScriptedStream } from '../../src/testing/index.ts'
import { openScripted, streamUrl } from '../support/open-scripted.ts'

import type { Schema, StreamError, StreamHandlers } from '../../src/index.ts'

const libraries: readonly (readonly [string, Schema<{ readonly n: number }>])[] = [
  ['zod', z.object({ n: z.number() })],
  ['valibot', v.object({ n: v.number() })],
]

/** A schema whose verdicts the test gives, one by one: it has no library's own ideas of when it is async. */
function createJudge() {
  const asked: { readonly value: unknown; readonly settle: (issue?: string) => void }[] = []
  const schema: Schema<unknown> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        new Promise((resolve) => {
          const settle = (issue?: string) => resolve(issue ? { issues: [{ message: issue }] } : { value })
          asked.push({ value, settle })
        }),
    },
  }
  return { schema, asked }
}

const sync = (validate: Schema<unknown>['~standard']['validate']): Schema<unknown> => ({
  '~standard': { version: 1, vendor: 'test', validate },
})

describe.each(libraries)('a schema of %s', (_, schema) => {
  it('hands on what it takes, and has the rest reported once, skipped and committed', async () => {
    const { server, clock, stream, log } = openScripted({ schema })
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: { n: 1 } })
    server.connection(0).push({ id: '2', data: { n: 'two' } })
    server.connection(0).push({ id: '3', data: { n: 3 } })
    await clock.advance(0)

    expect(log).toEqual(['connecting started', 'connected opened', 'data {"n":1}', 'invalid SCHEMA 2', 'data {"n":3}'])
    expect([stream.state, stream.lastEventId]).toEqual(['connected', '3'])
  })

  it('names the event and the place in the data, and tells the stream to go on', async () => {
    const told: unknown[] = []
    const onInvalid = ({ message, willRetry, cause }: StreamError) => void told.push(message, willRetry, Object(cause))
    const { server, clock } = openScripted({ schema }, { handlers: { onInvalid } })
    await clock.advance(0)
    server.connection(0).push({ id: '2', data: { n: 'two' } })
    await clock.advance(0)

    expect(told).toEqual([expect.stringMatching(/^skipped event 2: n: Invalid/), true, expect.anything()])
  })
})

describe('a schema', () => {
  it('gives what it makes of the data to named handlers and to the loop', async () => {
    const schema = z.object({ type: z.literal('price'), at: z.string().transform((text) => new Date(text)) })
    const named: unknown[] = []
    const events = { price: (data: unknown) => named.push(data) }
    const { server, clock } = openScripted({ schema }, { handlers: { events } })
    const looped = openScripted({ schema }, { iterated: true })
    const next = looped.stream[Symbol.asyncIterator]().next()
    await clock.advance(0)
    await looped.clock.advance(0)
    for (const each of [server, looped.server]) each.connection(0).push({ data: { type: 'price', at: '2026-01-01' } })
    await clock.advance(0)
    await looped.clock.advance(0)

    const price = { type: 'price', at: new Date('2026-01-01') }
    expect(named).toEqual([price])
    expect(await next).toEqual({ done: false, value: { type: 'message', id: '', data: price } })
  })

  it('is not asked about what could not be parsed', async () => {
    const asked: unknown[] = []
    const schema = sync((value) => ({ value: (asked.push(value), value) }))
    const { server, clock, told } = openScripted({ schema })
    await clock.advance(0)
    server.connection(0).push('{')
    server.connection(0).push('1')
    await clock.advance(0)
    expect([told('invalid'), told('data'), asked]).toEqual([['PARSE '], ['1'], [1]])
  })

  it.each<[string, Schema<unknown>, RegExp]>([
    ['throws', sync(() => { throw new Error('out of order') }), /^skipped event 1: out of order$/], // prettier-ignore
    ['rejects', sync(() => Promise.reject(new Error('not now'))), /^skipped event 1: not now$/],
    ['answers nothing', sync(() => undefined as never), /^skipped event 1: /],
    ['finds issues without naming one', sync(() => ({ issues: [] })), /^skipped event 1: /],
    ['names places by objects', sync(() => ({ issues: [{ message: 'no', path: [{ key: 'a' }, 0] }] })), /: a: 0: no$/],
    ['is none', {} as never, /^skipped event 1: /],
  ])('that %s has the event reported as invalid', async (_, schema, message) => {
    const messages: string[] = []
    const onInvalid = (error: StreamError) => void messages.push(error.message)
    const { server, clock, log } = openScripted({ schema }, { handlers: { onInvalid } })
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 1 })
    await clock.advance(0)
    expect(log.slice(2)).toEqual(['invalid SCHEMA 1'])
    expect(messages).toEqual([expect.stringMatching(message)])
  })

  it('reports a last event, too', async () => {
    const { server, clock, log } = openScripted({
      schema: sync(() => ({ issues: [{ message: 'no' }] })),
      isComplete: () => true,
    })
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 1 })
    await clock.advance(0)
    expect(log.slice(2)).toEqual(['disconnected completed', 'invalid SCHEMA 1', 'complete'])
  })

  it('must be an object or a function', () => {
    expect(() => openScripted({ schema: 'zod' as never })).toThrow(
      new TypeError('schema must be object|function, got "zod"'),
    )
  })
})

describe('an async schema', () => {
  it('keeps the order of the events, and the ID until it has answered', async () => {
    const { schema, asked } = createJudge()
    const { server, clock, stream, told } = openScripted({ schema })
    await clock.advance(0)
    for (const id of ['1', '2', '3']) server.connection(0).push({ id, data: Number(id) })
    await clock.advance(0)
    const before = [asked.length, told('data').length, stream.lastEventId]
    asked[0]?.settle()
    await clock.advance(0)
    asked[1]?.settle('no')
    await clock.advance(0)
    const between = [asked.length, told('data'), told('invalid'), stream.lastEventId]
    asked[2]?.settle()
    await clock.advance(0)

    expect(before).toEqual([1, 0, ''])
    expect(between).toEqual([3, ['1'], ['SCHEMA 2'], '2'])
    expect([told('data'), stream.lastEventId]).toEqual([['1', '3'], '3'])
  })

  it('has an event that it held when the stream was closed asked for again', async () => {
    const { schema, asked } = createJudge()
    const { server, clock, stream, log } = openScripted({ schema })
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 1 })
    server.connection(0).push({ id: '2', data: 2 })
    await clock.advance(0)
    asked[0]?.settle()
    await clock.advance(0)
    stream.close()
    const committed = stream.lastEventId
    asked[1]?.settle()
    await clock.advance(0)
    const afterClose = [...log]
    stream.start()
    await clock.advance(0)

    expect(committed).toBe('1')
    expect(afterClose.slice(2)).toEqual(['data 1', 'disconnected closed'])
    expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1'])
  })

  it('that refuses after the close tells nobody', async () => {
    const { schema, asked } = createJudge()
    const { server, clock, stream, log } = openScripted({ schema })
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 1 })
    await clock.advance(0)
    stream.close()
    asked[0]?.settle('no')
    await clock.advance(0)
    expect(log.slice(2)).toEqual(['disconnected closed'])
  })

  it('of zod is awaited', async () => {
    const schema = z.object({ n: z.number() }).refine(({ n }) => Promise.resolve(n < 3))
    const { server, clock, told } = openScripted({ schema })
    await clock.advance(0)
    for (const n of [1, 5, 2]) server.connection(0).push({ id: `${n}`, data: { n } })
    await clock.advance(0)
    expect([told('data'), told('invalid')]).toEqual([['{"n":1}', '{"n":2}'], ['SCHEMA 5']])
  })
})

describe('eventSchemas', () => {
  const schema = eventSchemas({ progress: z.object({ done: z.number() }), alert: v.object({ text: v.string() }) })

  function open() {
    const told: unknown[] = []
    const server = createScriptedStream()
    const clock = createManualClock()
    const manager = createStreamManager()
    onTestFinished(() => manager.cleanupAll())
    const handlers: StreamHandlers<
      { done: number } | { text: string },
      { progress: { done: number }; alert: { text: string } }
    > = {
      onData: (data) => void told.push(data),
      onInvalid: ({ message }) => void told.push(message),
      events: {
        progress: ({ done }) => void told.push(`progress ${done}`),
        alert: ({ text }) => void told.push(`alert ${text}`),
      },
    }
    createEnhancedSSEStream(streamUrl, handlers, { schema, clock, manager, fetch: server.fetch })
    return { server, clock, told }
  }

  it('chooses by the SSE event name, else by the type of the data', async () => {
    const { server, clock, told } = open()
    await clock.advance(0)
    server.connection(0).push({ event: 'progress', data: { done: 1 } })
    server.connection(0).push({ data: { type: 'alert', text: 'hot' } })
    server.connection(0).push({ event: 'progress', data: { type: 'alert', done: 2 } })
    await clock.advance(0)
    expect(told).toEqual([{ done: 1 }, 'progress 1', { text: 'hot' }, 'alert hot', { done: 2 }, 'progress 2'])
  })

  it('refuses the wrong data of a name, and names that it does not know', async () => {
    const { server, clock, told } = open()
    await clock.advance(0)
    server.connection(0).push({ id: '1', event: 'progress', data: { text: 'hot' } })
    server.connection(0).push({ id: '2', event: 'constructor', data: {} })
    server.connection(0).push({ id: '3', data: { type: ['alert'], text: 'hot' } })
    await clock.advance(0)
    expect(told).toEqual([
      expect.stringMatching(/^skipped event 1: done: Invalid/),
      'skipped event 2: no schema for the event constructor',
      'skipped event 3: no schema for the event message',
    ])
  })

  it('can be asked by others than a stream', () => {
    const answers = [{ type: 'alert', text: 'hot' }, { type: 'other' }, null].map((data) =>
      schema['~standard'].validate(data),
    )
    expect(answers).toMatchObject([
      { value: { text: 'hot' } },
      { issues: [{ message: 'no schema for the event other' }] },
      { issues: [{ message: 'no schema for the event undefined' }] },
    ])
  })
})
