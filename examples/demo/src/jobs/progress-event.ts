import type { Job, Stage } from './job.ts'

/** What a viewer of a job receives: one event per rendered frame, and a few for the other stages. */
export interface RenderProgress {
  readonly type: 'video_render_progress'
  readonly jobId: string
  /** Frames rendered so far. In stage `rendering` this is the number of the frame that has just been rendered. */
  readonly currentFrame: number
  readonly totalFrames: number
  /** Of the whole job, 0 to 1; 1 only when it is complete. */
  readonly progress: number
  /** Measured frames per second of the stage under way; 0 while nothing has been measured. */
  readonly fps: number
  /** Seconds until the stage under way is over at the measured pace; 0 while nothing has been measured. */
  readonly estimatedTimeRemaining: number
  readonly stage: Stage
  /** ISO 8601. */
  readonly timestamp: string
}

/** The part of the whole job that rendering makes up; assembling the result is the rest. */
const renderingShare = 0.9

export interface Work {
  /** Frames done in the stage under way. */
  readonly done: number
  readonly fps: number
  readonly nowMs: number
}

export function progressEvent(job: Job, { done, fps, nowMs }: Work): RenderProgress {
  return {
    type: 'video_render_progress',
    jobId: job.jobId,
    currentFrame: job.renderedFrames,
    totalFrames: job.totalFrames,
    progress: rounded(overall(job.stage, done / job.totalFrames)),
    fps: rounded(fps),
    estimatedTimeRemaining: fps > 0 ? rounded((job.totalFrames - done) / fps) : 0,
    stage: job.stage,
    timestamp: new Date(nowMs).toISOString(),
  }
}

function overall(stage: Stage, share: number): number {
  if (stage === 'preparing') return 0
  if (stage === 'rendering') return renderingShare * share
  if (stage === 'encoding') return renderingShare + (0.99 - renderingShare) * share
  return stage === 'uploading' ? 0.99 : 1
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
