import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'

import { createStreamManager, polling } from '../index.ts'
import { createManualClock, createScriptedStream } from '../testing/index.ts'
import { createDefinedStream } from './create-defined-stream.ts'
import { defineStream } from './define-stream.ts'

import type { EnhancedStreamConfig, Stream, StreamHandlers } from '../index.ts'
import type { StreamDefinition } from './define-stream.ts'

interface Tick {
  readonly n: number
  readonly last?: boolean
  readonly problem?: string
}

const ticks = defineStream({
  name: 'ticks',
  path: ({ room }: { readonly room: string }) => `/ticks/${room}`,
  initial: 0,
  reduce: (sum: number, { n }: Tick) => sum + n,
  isComplete: ({ last }: Tick) => last === true,
  failure: ({ problem }: Tick) => problem,
})

const baseUrl = 'http://stream.test'

function open(
  definition: Pick<
    StreamDefinition<{ readonly room: string }, Tick, number>,
    'path' | 'isComplete' | 'failure' | 'from'
  >,
  config: EnhancedStreamConfig<Tick> = {},
) {
  const clock = createManualClock()
  const server = createScriptedStream()
  const manager = createStreamManager({ clock, fetch: server.fetch, baseUrl })
  const log: string[] = []
  const handlers: StreamHandlers<Tick> = {
    onData: (data) => void log.push(`data ${JSON.stringify(data)}`),
    onError: ({ code, willRetry, message }) => log.push(`error ${code} ${willRetry ? 'retried' : 'final'}: ${message}`),
    onComplete: () => log.push('complete'),
    onStateChange: ({ state, reason }) => log.push(`${state} ${reason}`),
  }
  const stream = createDefinedStream(definition, { room: 'a' }, handlers, { manager, ...config })
  onTestFinished(() => manager.cleanupAll())
  return { stream, server, clock, manager, log, handlers }
}

const opening = ['connecting started', 'connected opened']

describe('createDefinedStream', () => {
  it('opens the path under the base URL of the manager', async () => {
    const { server, clock } = open(ticks)
    await clock.advance(0)
    expect(server.requests.map(({ url }) => url)).toEqual(['http://stream.test/ticks/a'])
  })

  it('opens the path under the base URL of its config, from the start if the definition says so', async () => {
    const { server, clock } = open({ ...ticks, from: 'start' }, { baseUrl: 'http://other.test/api' })
    await clock.advance(0)
    expect(server.requests.map(({ url }) => url)).toEqual(['http://other.test/api/ticks/a?from=start'])
  })

  it('opens from where its config says, whatever the definition says', async () => {
    const { server, clock } = open({ ...ticks, from: 'start' }, { from: 'now' })
    await clock.advance(0)
    expect(server.requests.map(({ url }) => url)).toEqual(['http://stream.test/ticks/a'])
  })

  it('completes after the event of which the definition says so', async () => {
    const { server, clock, log } = open(ticks)
    await clock.advance(0)
    server.connection(0).push({ data: { n: 1 } })
    server.connection(0).push({ data: { n: 2, last: true } })
    server.connection(0).push({ data: { n: 3 } })
    await clock.advance(60_000)
    expect(log).toEqual([...opening, 'data {"n":1}', 'data {"n":2,"last":true}', 'disconnected completed', 'complete'])
    expect([server.requests.length, server.openConnections]).toEqual([1, 0])
  })

  it('completes also where its config says so', async () => {
    const { server, clock, log } = open(ticks, { isComplete: ({ data }) => data === '[DONE]' })
    await clock.advance(0)
    server.connection(0).push({ data: '[DONE]' })
    await clock.advance(0)
    expect(log).toEqual([...opening, 'disconnected completed', 'complete'])
  })

  it('fails after the event of which the definition says so, and does not ask again', async () => {
    const { server, clock, log, stream } = open(ticks)
    await clock.advance(0)
    server.connection(0).push({ data: { n: 1 } })
    server.connection(0).push({ data: { n: 2, problem: 'no more ticks' } })
    server.connection(0).push({ data: { n: 3 } })
    await clock.advance(3_600_000)
    expect(log).toEqual([
      ...opening,
      'data {"n":1}',
      'data {"n":2,"problem":"no more ticks"}',
      'error SERVER_CLOSE final: no more ticks',
      'error fatal',
    ])
    expect([server.requests.length, server.openConnections, stream.state]).toEqual([1, 0, 'error'])
  })

  it('goes on behind the failure when it is started again', async () => {
    const { server, clock, stream } = open({ ...ticks, from: 'start' })
    await clock.advance(0)
    server.connection(0).push({ id: '7', data: { n: 1, problem: 'no more ticks' } })
    await clock.advance(0)
    stream.start()
    await clock.advance(0)
    expect(server.requests.map(({ url, headers }) => [url, headers.get('last-event-id')])).toEqual([
      ['http://stream.test/ticks/a?from=start', null],
      ['http://stream.test/ticks/a', '7'],
    ])
  })

  it('throws the failure into the loop that reads it', async () => {
    const { server, clock, manager } = open(ticks)
    const stream = createDefinedStream(ticks, { room: 'b' }, {}, { manager })
    const got: Tick[] = []
    const end = (async () => {
      for await (const { data } of stream) got.push(data)
    })().catch((error: unknown) => error)
    await clock.advance(0)
    server.connection(1).push({ data: { n: 1, problem: 'no more ticks' } })
    await clock.advance(0)
    expect(await end).toMatchObject({ code: 'SERVER_CLOSE', message: 'no more ticks', retryable: false })
    expect(got).toEqual([{ n: 1, problem: 'no more ticks' }])
  })

  it('lives on through what is no event of its kind', async () => {
    const { server, clock, stream } = open(ticks)
    await clock.advance(0)
    for (const junk of ['null', '7', '"last"', '[]', '{', '', '{"last":"yes"}', '{"problem":""}', '{"problem":null}'])
      server.connection(0).raw(`data: ${junk}\n\n`)
    await clock.advance(0)
    expect(stream.state).toBe('connected')
  })

  it('fails over another transport, too', async () => {
    const answer = { items: [{ id: '1', data: { n: 1, problem: 'no more ticks' } }] }
    const fetch = () => Promise.resolve(Response.json(answer))
    const parse = (body: unknown) => (body as typeof answer).items
    const { server, clock, log, stream } = open(ticks, { fallback: [polling('/poll', { fetch, parse })] })
    server.respond(404)
    await clock.advance(3_600_000)
    expect(stream.transport).toBe('polling')
    expect(log.slice(-3)).toEqual([
      'data {"n":1,"problem":"no more ticks"}',
      'error SERVER_CLOSE final: no more ticks',
      'error fatal',
    ])
  })

  it('shares no connection that is watched for failures with an equal stream that watches for none', async () => {
    const { server, clock, manager, handlers } = open({ path: ticks.path, failure: ticks.failure })
    createDefinedStream({ path: ticks.path }, { room: 'a' }, handlers, { manager })
    createDefinedStream({ path: ticks.path }, { room: 'a' }, handlers, { manager })
    await clock.advance(0)
    expect(server.requests).toHaveLength(2)
  })

  it('is typed by its definition', () => {
    const { manager } = open(ticks)
    const stream = createDefinedStream(
      ticks,
      { room: 'a' },
      { onData: (data) => expectTypeOf(data).toEqualTypeOf<Tick>() },
      { manager, autoStart: false },
    )
    expectTypeOf(stream).toEqualTypeOf<Stream<Tick>>()
    expectTypeOf(ticks).toEqualTypeOf<StreamDefinition<{ readonly room: string }, Tick, number>>()
    // @ts-expect-error there is no such parameter
    createDefinedStream(ticks, { hall: 'a' }, {}, { manager, autoStart: false })
    // @ts-expect-error the handler gets ticks
    createDefinedStream(ticks, { room: 'a' }, { onData: (data: string) => data }, { manager, autoStart: false })
  })
})
