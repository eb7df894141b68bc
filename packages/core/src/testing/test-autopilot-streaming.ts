import { createAutopilotStream } from '../presets/create-autopilot-stream.ts'
import { runSelfChecks } from './self-check.ts'
import { createReport } from './streaming-report.ts'

import type { SelfCheck, Stage } from './self-check.ts'
import type { StreamingReport } from './streaming-report.ts'

async function follow({ server, clock, config, handlers }: Stage) {
  createAutopilotStream('task_1', handlers, { ...config, baseUrl: 'https://scripted.test' })
  await clock.advance(0)
  return server.connection(0)
}

const search = { step: 'search', progress: 10 }
const outline = { step: 'outline', progress: 80 }
const done = { step: 'done', progress: 100, docId: 'doc_1' }

export const autopilotChecks: readonly SelfCheck[] = [
  {
    check: 'autopilot',
    holds: 'a task is followed from its beginning, step by step, until it is done',
    async play(stage) {
      const connection = await follow(stage)
      for (const data of [search, outline, done]) connection.push({ data })
      await stage.clock.advance(60_000)
      return [stage.server.requests.map(({ url }) => url), stage.log]
    },
    expected: [
      ['https://scripted.test/api/autopilot/stream?taskId=task_1&from=start'],
      [search, outline, done, 'complete'],
    ],
  },
  {
    check: 'autopilot cut',
    holds: 'a lost link shows each step once',
    async play(stage) {
      const connection = await follow(stage)
      connection.push({ id: '1', data: search })
      connection.drop()
      await stage.clock.advance(1000)
      stage.server.connection(1).push({ id: '2', data: done })
      await stage.clock.advance(0)
      return [stage.server.requests.map(({ lastEventId }) => lastEventId ?? ''), stage.log]
    },
    expected: [
      ['', '1'],
      [search, 'NETWORK retried', done, 'complete'],
    ],
  },
  {
    check: 'autopilot fails',
    holds: 'the step `error` ends it with an error, and it is not asked for again',
    async play(stage) {
      const connection = await follow(stage)
      connection.push({ data: { step: 'error', progress: 10, message: 'no sources' } })
      await stage.clock.advance(60_000)
      return [stage.server.requests.length, stage.log]
    },
    expected: [1, [{ step: 'error', progress: 10, message: 'no sources' }, 'SERVER_CLOSE final']],
  },
]

/** Checks the autopilot preset against scripted streams, on virtual time. Never rejects. */
export const testAutopilotStreaming = async (): Promise<StreamingReport> =>
  createReport(await runSelfChecks(autopilotChecks))
