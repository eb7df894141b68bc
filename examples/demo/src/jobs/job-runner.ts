import { isFinished } from './job.ts'
import { announce, performJob } from './perform-job.ts'
import type { Renderer } from '../render/renderer.ts'
import type { Job } from './job.ts'
import type { JobStore } from './job-store.ts'
import type { JobFeed, JobLog, Workshop } from './perform-job.ts'

export interface JobRunner {
  /** Announces a new job and puts it in the queue. */
  take(job: Job): Promise<void>
  /** Puts every unfinished job of the store in the queue, to go on where a stopped or killed process left it. */
  takeUpUnfinished(): void
  /** Jobs waiting or under way. */
  readonly unfinished: number
  /** Ends the work; resolves when nothing is written or published any more. */
  stop(): Promise<void>
}

/** Works off one job after the other. */
export function createJobRunner(store: JobStore, renderer: Renderer, feed: JobFeed, log: JobLog): JobRunner {
  const queue: string[] = []
  let stopped = false
  let working: Promise<void> | undefined
  const workshop: Workshop = { store, renderer, feed, log, stopped: () => stopped }

  function enqueue(job: Job): void {
    queue.push(job.jobId)
    working ??= workOff().finally(() => (working = undefined))
  }

  async function workOff(): Promise<void> {
    for (let jobId = queue[0]; jobId !== undefined && !stopped; jobId = queue[0]) {
      const job = store.get(jobId)
      if (job && !isFinished(job)) {
        await performJob(job, workshop).catch((error: unknown) => giveUp(job, error))
      }
      queue.shift()
    }
  }

  async function giveUp({ jobId }: Job, error: unknown): Promise<void> {
    // Stopping ends the worker under its task: that is no failure of the job.
    if (stopped) return
    log.warn(`${jobId}: given up`, error)
    const job = store.get(jobId)
    try {
      if (job) {
        const failed: Job = { ...job, failure: 'The job could not be finished; the server log says why.' }
        await store.update(failed)
        await feed.fail(failed)
      }
    } catch (cause) {
      log.warn(`${jobId}: could not be closed`, cause)
    }
  }

  return {
    async take(job) {
      await announce(feed, job)
      enqueue(job)
    },
    takeUpUnfinished() {
      for (const job of store.list()) {
        if (isFinished(job)) continue
        log.info(`${job.jobId}: goes on after frame ${job.renderedFrames} of ${job.totalFrames}`)
        enqueue(job)
      }
    },
    get unfinished() {
      return queue.length
    },
    async stop() {
      stopped = true
      await renderer.stop()
      await working
    },
  }
}
