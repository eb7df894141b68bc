import { persist } from '../together/persist.ts'
import { isFinished } from './job.ts'
import { announce, performJob } from './perform-job.ts'
import type { Renderer } from '../render/renderer.ts'
import type { Job } from './job.ts'
import type { JobStore } from './job-store.ts'
import type { JobFeed, JobLog, Workshop } from './perform-job.ts'

export interface JobRunner {
  /** Announces a new job; it is worked on in its turn. */
  take(job: Job): Promise<void>
  /** Begins to work if there is anything to do. */
  wake(): void
  /** Works on every unfinished job of the store, from where a stopped or killed process left it. */
  takeUpUnfinished(): void
  /** Jobs waiting or under way. */
  readonly unfinished: number
  /** Ends the work; resolves when nothing is written or published any more. */
  stop(): Promise<void>
}

export interface RunnerOptions {
  readonly store: JobStore
  readonly renderer: Renderer
  readonly feed: JobFeed
  readonly log: JobLog
  /** Whether it is for this process to work; others take jobs and leave them. Default: always. */
  leads?(): boolean
  /** Wakes the process whose turn it is. Default: this one. */
  call?(jobId: string): void | Promise<void>
  /** Whether history outlives the process: what the last one did not come to publish is then made up for. */
  readonly isShared?: boolean
}

/** Works off one job after the other, in the order of their coming. */
export function createJobRunner(options: RunnerOptions): JobRunner {
  const { store, renderer, feed, log, leads = () => true, call = wake, isShared = false } = options
  let stopped = false
  let working: Promise<void> | undefined
  /** Jobs that could not even be closed: not to be tried again and again. */
  const hopeless = new Set<string>()
  const isLeft = () => stopped || !leads()
  const workshop = openWorkshop(options, isLeft)
  const waiting = () => store.list().filter((job) => !isFinished(job) && !hopeless.has(job.jobId))

  function wake(): void {
    if (!isLeft()) working ??= workOff().finally(() => (working = undefined))
  }

  async function workOff(): Promise<void> {
    for (let job = waiting()[0]; job && !isLeft(); job = waiting()[0]) {
      const current = job
      await performJob(current, workshop).catch((error: unknown) => giveUp(current, error))
    }
  }

  async function giveUp({ jobId }: Job, error: unknown): Promise<void> {
    // Stopping ends the worker under its task: that is no failure of the job.
    if (isLeft()) return
    log.warn(`${jobId}: given up`, error)
    await closeAsFailed(jobId, workshop).catch((cause: unknown) => {
      hopeless.add(jobId)
      log.warn(`${jobId}: could not be closed`, cause)
    })
  }

  return {
    async take(job) {
      await announce(feed, job)
      await call(job.jobId)
    },
    wake,
    takeUpUnfinished() {
      for (const job of waiting()) {
        log.info(`${job.jobId}: goes on after frame ${job.renderedFrames} of ${job.totalFrames}`)
      }
      const madeUp = isShared ? makeUp(workshop) : Promise.resolve()
      madeUp
        .catch((error: unknown) => isLeft() || log.warn('what was missing could not be made up for', error))
        .finally(wake)
    },
    get unfinished() {
      return waiting().length
    },
    async stop() {
      stopped = true
      await renderer.stop()
      await working
    },
  }
}

/** What is published from it waits for a backplane that is away, for as long as the work is ours. */
function openWorkshop({ store, renderer, feed, log }: RunnerOptions, isLeft: () => boolean): Workshop {
  const surely = <T>(act: () => Promise<T>) => persist(act, () => !isLeft())
  return {
    store,
    renderer,
    log,
    stopped: isLeft,
    feed: {
      publish: (event) => surely(() => feed.publish(event)),
      complete: (jobId) => surely(() => feed.complete(jobId)),
      ensureFinished: (job) => surely(() => feed.ensureFinished(job)),
    },
  }
}

async function closeAsFailed(jobId: string, { store, feed }: Workshop): Promise<void> {
  const job = store.get(jobId)
  if (!job) return
  const failed: Job = { ...job, failure: 'The job could not be finished; the server log says why.' }
  await store.update(failed)
  await feed.ensureFinished(failed)
}

/** The last process may have died between writing a state and publishing it; who has it already gets it no second time. */
async function makeUp({ store, feed }: Workshop): Promise<void> {
  for (const job of store.list()) {
    if (isFinished(job)) await feed.ensureFinished(job)
    else if (job.stage === 'rendering') await announce(feed, job, job.renderedFrames)
  }
}
