import { createHash } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { Pace } from './pace.ts'
import { progressEvent } from './progress-event.ts'
import type { Renderer, WrittenFile } from '../render/renderer.ts'
import type { WorkerTask } from '../render/worker-messages.ts'
import type { Job } from './job.ts'
import type { JobStore } from './job-store.ts'
import type { RenderProgress } from './progress-event.ts'

/** Where a job's events go. */
export interface JobFeed {
  publish(event: RenderProgress): Promise<void>
  complete(jobId: string): Promise<void>
  /** Makes sure that the feed of a job that is complete, or was given up, says so and ends. */
  ensureFinished(job: Job): Promise<void>
}

export interface JobLog {
  info(message: string): void
  warn(message: string, error: unknown): void
}

/** What a job is worked on with. */
export interface Workshop {
  readonly store: JobStore
  readonly renderer: Renderer
  readonly feed: JobFeed
  readonly log: JobLog
  /** Once true the job is left as it stands; it can be taken up again later. */
  stopped(): boolean
}

const framesPerLogLine = 60

/**
 * Brings a job from where it stands to its end, or to where the workshop is stopped. The order of things is the
 * promise: the frame's file, then `state.json`, then the event. So whatever a viewer saw is on disk, and after a crash
 * no frame number is published a second time.
 */
export async function performJob(job: Job, workshop: Workshop): Promise<void> {
  const rendered = await renderFrames(job, workshop)
  if (rendered) await assemble(rendered, workshop)
}

/** Tells the viewers of a job how it stands. */
export function announce(feed: Pick<JobFeed, 'publish'>, job: Job, done = 0, fps = 0): Promise<void> {
  return feed.publish(progressEvent(job, { done, fps, nowMs: Date.now() }))
}

/** @returns the job with all frames on disk, or `undefined` if stopped on the way. */
async function renderFrames(job: Job, workshop: Workshop): Promise<Job | undefined> {
  const { store, feed, log } = workshop
  const { jobId, seed, totalFrames } = job
  let current = job
  let pace = new Pace({ done: job.renderedFrames, atMs: performance.now() })
  while (current.renderedFrames < totalFrames) {
    if (workshop.stopped()) return undefined
    const number = current.renderedFrames + 1
    const file = store.frameFile(jobId, number)
    if (store.hasFrame(jobId, number)) {
      // A process killed between frame and state leaves a whole frame that nobody was told of: it is not drawn twice.
      pace = new Pace({ done: number, atMs: performance.now() })
    } else {
      await attempt(workshop, { kind: 'frame', seed, number, totalFrames, file })
      pace.mark(number, performance.now())
    }
    // Another process may be further by now than this one, which was held up: its state must stay.
    if (workshop.stopped()) return undefined
    current = { ...current, stage: 'rendering', renderedFrames: number }
    await store.update(current)
    await announce(feed, current, number, pace.fps)
    if (number % framesPerLogLine === 0)
      log.info(`${jobId}: frame ${number} of ${totalFrames}, ${pace.fps.toFixed(1)}/s`)
  }
  return current
}

async function assemble(job: Job, workshop: Workshop): Promise<void> {
  const { store, feed, log } = workshop
  const { jobId, totalFrames } = job
  const encoding: Job = { ...job, stage: 'encoding' }
  await store.update(encoding)
  await announce(feed, encoding)

  const frameFiles = Array.from({ length: totalFrames }, (_, index) => store.frameFile(jobId, index + 1))
  const pace = new Pace({ done: 0, atMs: performance.now() })
  let announced = Promise.resolve()
  const video = await attempt(workshop, { kind: 'animation', frameFiles, file: store.draftFile(jobId) }, (done) => {
    pace.mark(done, performance.now())
    const { fps } = pace
    announced = announced.then(() => announce(feed, encoding, done, fps))
    // It is awaited below; until then a rejection must not count as unhandled.
    announced.catch(() => {})
  })
  await announced
  if (workshop.stopped()) return

  const uploading: Job = { ...encoding, stage: 'uploading' }
  await store.update(uploading)
  await announce(feed, uploading, totalFrames, pace.fps)
  await moveInPlace(store.draftFile(jobId), store.videoFile(jobId), video)

  const complete: Job = { ...uploading, stage: 'complete', video }
  await store.update(complete)
  await announce(feed, complete, totalFrames)
  await feed.complete(jobId)
  log.info(`${jobId}: complete, ${totalFrames} frames, ${video.bytes} bytes`)
}

/** A thread can die of an outside cause (memory, a disk that was full): one more try before it counts as a failure. */
async function attempt(
  workshop: Workshop,
  task: WorkerTask,
  onProgress?: (done: number) => void,
): Promise<WrittenFile> {
  try {
    return await workshop.renderer.run(task, onProgress)
  } catch (error) {
    if (workshop.stopped()) throw error
    workshop.log.warn('the render worker failed, trying once more', error)
    return workshop.renderer.run(task, onProgress)
  }
}

/** @throws {Error} if what arrived is not what was encoded. */
async function moveInPlace(draft: string, target: string, expected: WrittenFile): Promise<void> {
  await rename(draft, target)
  const sha256 = createHash('sha256')
    .update(await readFile(target))
    .digest('hex')
  if (sha256 !== expected.sha256) throw new Error('the stored video differs from the encoded one')
}
