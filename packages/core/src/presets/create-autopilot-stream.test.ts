import { expect, expectTypeOf, it, onTestFinished } from 'vitest'

import { createStreamManager } from '../index.ts'
import { createManualClock, createScriptedStream } from '../testing/index.ts'
import { autopilot } from './autopilot.ts'
import { createAutopilotStream } from './create-autopilot-stream.ts'

import type { Stream } from '../index.ts'
import type { AutopilotEvent } from './autopilot.ts'

function follow(taskId: string) {
  const clock = createManualClock()
  const server = createScriptedStream()
  const manager = createStreamManager()
  const log: unknown[] = []
  let state = autopilot.initial
  createAutopilotStream(
    taskId,
    {
      onData(event) {
        expectTypeOf(event).toEqualTypeOf<AutopilotEvent>()
        log.push((state = autopilot.reduce(state, event)))
      },
      onError: ({ code, message, willRetry }) => log.push({ code, message, willRetry }),
      onComplete: () => log.push('complete'),
    },
    { manager, clock, fetch: server.fetch, baseUrl: 'http://stream.test' },
  )
  onTestFinished(() => manager.cleanupAll())
  return { server, clock, log }
}

it('follows a task from its beginning until it is done', async () => {
  const { server, clock, log } = follow('task 1')
  await clock.advance(0)
  const connection = server.connection(0)
  connection.connected({ id: 'e:0' })
  connection.push({ id: 'e:1', data: { step: 'search', progress: 10 } })
  connection.push({ id: 'e:2', data: { step: 'done', progress: 100, docId: 'doc_1' } })
  await clock.advance(60_000)
  expect(server.requests.map(({ url }) => url)).toEqual([
    'http://stream.test/api/autopilot/stream?taskId=task+1&from=start',
  ])
  expect(log).toEqual([{ step: 'search', progress: 10 }, { step: 'done', progress: 100, docId: 'doc_1' }, 'complete'])
})

it('survives a lost link on the way, and shows each step once', async () => {
  const { server, clock, log } = follow('task_1')
  await clock.advance(0)
  server.connection(0).push({ id: 'e:1', data: { step: 'search', progress: 10 } })
  server.connection(0).drop()
  await clock.advance(10_000)
  expect(server.requests[1]?.headers.get('last-event-id')).toBe('e:1')
  server.connection(1).push({ id: 'e:2', data: { step: 'done', progress: 100 } })
  await clock.advance(0)
  expect(log).toEqual([
    { step: 'search', progress: 10 },
    expect.objectContaining({ code: 'NETWORK', willRetry: true }),
    { step: 'done', progress: 100 },
    'complete',
  ])
})

it('fails with the step error, after showing it', async () => {
  const { server, clock, log } = follow('task_1')
  await clock.advance(0)
  server.connection(0).push({ data: { step: 'error', progress: 40, message: 'no sources found' } })
  await clock.advance(3_600_000)
  expect(log).toEqual([
    { step: 'error', progress: 40, message: 'no sources found' },
    { code: 'SERVER_CLOSE', message: 'no sources found', willRetry: false },
  ])
  expect(server.requests).toHaveLength(1)
})

it('takes the ID of a task, and handlers of its events', () => {
  const config = { manager: createStreamManager(), baseUrl: 'http://stream.test', autoStart: false }
  // @ts-expect-error the ID is a string
  createAutopilotStream(1, {}, config)
  // @ts-expect-error the event has no such field
  const stream = createAutopilotStream('task_1', { onData: ({ percent }) => percent }, config)
  expectTypeOf(stream).toEqualTypeOf<Stream<AutopilotEvent>>()
  expect(stream.state).toBe('disconnected')
  config.manager.cleanupAll()
})
