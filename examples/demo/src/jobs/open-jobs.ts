import { createRenderer } from '../render/renderer.ts'
import { openJournal } from '../together/journal.ts'
import { createJobRunner } from './job-runner.ts'
import { createRenderFeed } from './render-feed.ts'
import type { Backplane, Logger, Realtime } from '@steadystream/server'
import type { Leadership } from '../together/leadership.ts'
import type { JobRunner } from './job-runner.ts'
import type { JobStore } from './job-store.ts'
import type { RenderFeed } from './render-feed.ts'

export interface JobsOptions {
  readonly store: JobStore
  readonly workerSource: string
  readonly realtime: Realtime
  readonly backplane: Backplane
  readonly leadership: Leadership
  readonly isShared: boolean
  readonly logger: Logger
}

export interface Jobs {
  readonly runner: JobRunner
  readonly feed: RenderFeed
  stop(): Promise<void>
}

/** Renders: any process takes a job, and the leader is told by a journal. */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { store, workerSource, realtime, backplane, leadership, isShared, logger } = options
  const feed = createRenderFeed(realtime.channels)
  const runner = createJobRunner({
    store,
    renderer: createRenderer(workerSource),
    feed,
    log: {
      info: (message) => logger.info({}, message),
      warn: (message, error) => logger.warn({ err: error }, message),
    },
    leads: () => leadership.leads,
    call: (jobId) => journal.append({ jobId }),
    isShared,
  })
  const journal = await openJournal<{ readonly jobId: string }>({
    backplane,
    name: 'jobs',
    take: () => runner.wake(),
    onFailure: (error) => logger.error({ err: error }, 'taking up a job failed'),
  })
  leadership.onChange((leads) => {
    if (leads) runner.takeUpUnfinished()
  })
  return {
    runner,
    feed,
    stop() {
      journal.stop()
      return runner.stop()
    },
  }
}
