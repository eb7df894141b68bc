import { RealtimeError } from '@steadystream/server'
import { jobFailure, jobProgressOf, stepOf } from './job-progress.ts'
import { announce } from './perform-job.ts'
import type { ChannelManager } from '@steadystream/server'
import type { Job } from './job.ts'
import type { JobFeed } from './perform-job.ts'

export interface RenderFeed extends JobFeed {
  channelOf(jobId: string): { readonly type: string; readonly id: string }
  /** The coarse progress of the same job. */
  progressChannelOf(jobId: string): { readonly type: string; readonly id: string }
  /** The channel as sessions and logs show it. */
  labelOf(jobId: string): string
}

const type = 'video_render'
const progressType = 'job_progress'

/** The events of jobs: each frame on one channel, every twentieth part of the whole on another. */
export function createRenderFeed(channels: ChannelManager): RenderFeed {
  /** Two viewers at once must not both publish the end. */
  const finishing = new Map<string, Promise<void>>()
  /** The step of each unfinished job that was told last. */
  const told = new Map<string, string>()
  const channelOf = (jobId: string) => ({ type, id: jobId })
  const progressChannelOf = (jobId: string) => ({ type: progressType, id: jobId })

  const feed: Omit<JobFeed, 'ensureFinished'> = {
    async publish(event) {
      const { jobId, stage, currentFrame, progress } = event
      const step = stepOf(event)
      // A process that goes on with the job of one that died may tell again what that one told: it counts once.
      const once = { idempotencyKey: `${stage} ${currentFrame} ${progress}` }
      const isNew = told.get(jobId) !== step
      // In one turn: who follows both over one WebSocket gets them together.
      await Promise.all([
        channels.publish(channelOf(jobId), event, once),
        isNew && channels.publish(progressChannelOf(jobId), jobProgressOf(event), { idempotencyKey: step }),
      ])
      told.set(jobId, step)
    },
    async complete(jobId) {
      told.delete(jobId)
      await channels.complete(channelOf(jobId))
      await channels.complete(progressChannelOf(jobId))
    },
  }

  /** Channels are forgotten some time after their end, and with their process where they live in its memory. */
  function ensureFinished(job: Job): Promise<void> {
    const begun = finishing.get(job.jobId) ?? finish(job).finally(() => finishing.delete(job.jobId))
    finishing.set(job.jobId, begun)
    return begun
  }

  async function finish(job: Job): Promise<void> {
    const { jobId, failure } = job
    try {
      // A job that failed has no last frame: its channel just ends.
      if (failure !== undefined) await channels.publish(progressChannelOf(jobId), jobFailure(jobId, failure))
      else await announce(feed, job, job.totalFrames)
    } catch (error) {
      if (error instanceof RealtimeError && error.code === 'CHANNEL_COMPLETED') return
      throw error
    }
    await feed.complete(jobId)
  }

  return {
    ...feed,
    channelOf,
    progressChannelOf,
    labelOf: (jobId) => `${type}:${jobId}`,
    ensureFinished,
  }
}
