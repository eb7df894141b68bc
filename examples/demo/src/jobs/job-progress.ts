import { createJobProgressEvent } from '@steadystream/core/presets'
import type { JobProgressEvent } from '@steadystream/core/presets'
import type { RenderProgress } from './progress-event.ts'

/** Steps in which the coarse progress of a job is told: a viewer of frames gets each one, this one every twentieth part. */
const steps = 20

/** What two render events have to differ in for the coarse progress to be worth an event. */
export function stepOf({ stage, progress }: RenderProgress): string {
  return `${stage} ${Math.floor(progress * steps)}`
}

/** The same as a render event, for those who follow any kind of job. */
export function jobProgressOf({ jobId, stage, progress, currentFrame, totalFrames }: RenderProgress): JobProgressEvent {
  const status = stage === 'preparing' ? 'queued' : stage === 'complete' ? 'completed' : 'processing'
  const message = stage === 'rendering' ? `Frame ${currentFrame} of ${totalFrames}` : messages[stage]
  return createJobProgressEvent({ jobId, status, stage, progress, message })
}

/** For a job that was given up. */
export function jobFailure(jobId: string, reason: string): JobProgressEvent {
  return createJobProgressEvent({ jobId, status: 'failed', stage: 'failed', progress: 0, message: reason })
}

const messages: Readonly<Record<Exclude<RenderProgress['stage'], 'rendering'>, string>> = {
  preparing: 'Waiting for its turn',
  encoding: 'Putting the frames together',
  uploading: 'Moving the video in place',
  complete: 'Done',
}
