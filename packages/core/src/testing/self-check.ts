import { fail, pass } from '../checks/finding.ts'
import { createEnhancedSSEStream } from '../create-stream.ts'
import { createStreamManager } from '../manager.ts'
import { createManualClock } from './manual-clock.ts'
import { createScriptedStream } from './scripted-stream.ts'

import type { Finding } from '../checks/finding.ts'
import type { EnhancedStreamConfig } from '../create-stream.ts'
import type { StreamHandlers } from '../handlers.ts'
import type { StreamManager } from '../manager.ts'
import type { Stream } from '../open-stream.ts'
import type { ManualClock } from './manual-clock.ts'
import type { ScriptedStream } from './scripted-stream.ts'

/** What a check plays on: a scripted server, virtual time, and a manager that nobody else uses. */
export interface Stage {
  readonly server: ScriptedStream
  readonly clock: ManualClock
  readonly manager: StreamManager
  /** What the streams told: data as it came, the rest in a word or two. */
  readonly log: unknown[]
  /** What makes a stream dial the script. */
  readonly config: EnhancedStreamConfig<never>
  /** Handlers that write the log. */
  readonly handlers: StreamHandlers<unknown>
  /** Opens a stream whose handlers write the log, and lets it connect. */
  open(config?: EnhancedStreamConfig<unknown>): Promise<Stream<unknown>>
}

/** One question to the library. */
export interface SelfCheck {
  /** A word or two, the same in every run. */
  readonly check: string
  /** What holds if all is well. */
  readonly holds: string
  /** Plays it; what it returns must equal `expected`, as JSON. */
  readonly play: (stage: Stage) => Promise<unknown>
  readonly expected: unknown
}

const url = 'https://scripted.test/events'

/** Plays every check on a stage of its own. Never rejects: what is thrown is a failure. */
export async function runSelfChecks(checks: readonly SelfCheck[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const each of checks) findings.push(await run(each))
  return findings
}

async function run({ check, holds, play, expected }: SelfCheck): Promise<Finding> {
  const stage = createStage()
  const cure = 'a defect, or two versions of @steadystream/core at once: see `npm ls @steadystream/core`'
  try {
    const actual = JSON.stringify(await play(stage))
    const wanted = JSON.stringify(expected)
    return actual === wanted ? pass(check, holds) : fail(check, `expected ${wanted}, got ${actual}`, cure)
  } catch (thrown) {
    return fail(check, thrown instanceof Error ? thrown.message : String(thrown), cure)
  } finally {
    stage.manager.cleanupAll()
  }
}

function createStage(): Stage {
  const server = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  const log: unknown[] = []
  const config: EnhancedStreamConfig<never> = { clock, manager, fetch: server.fetch, jitter: 0 }
  const handlers: StreamHandlers<unknown> = {
    onData: (data) => log.push(data),
    onError: ({ code, willRetry }) => void log.push(`${code} ${willRetry ? 'retried' : 'final'}`),
    onInvalid: ({ code }) => void log.push(`invalid ${code}`),
    onGap: ({ kind }) => log.push(`gap ${kind}`),
    onComplete: () => void log.push('complete'),
  }
  return {
    server,
    clock,
    manager,
    log,
    config,
    handlers,
    async open(own) {
      const stream = createEnhancedSSEStream(url, handlers, { ...config, ...own })
      await clock.advance(0)
      return stream
    },
  }
}
