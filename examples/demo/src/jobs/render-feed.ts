import { RealtimeError } from '@steadystream/server'
import { announce } from './perform-job.ts'
import type { ChannelManager } from '@steadystream/server'
import type { Job } from './job.ts'
import type { JobFeed } from './perform-job.ts'

export interface RenderFeed extends JobFeed {
  channelOf(jobId: string): { readonly type: string; readonly id: string }
  /** The channel as sessions and logs show it. */
  labelOf(jobId: string): string
  /**
   * Makes sure that the channel of a finished job says so. It may not: channels live in memory, and are forgotten some
   * time after their end, and with their process.
   */
  ensureFinished(job: Job): Promise<void>
}

const type = 'video_render'

/** The events of jobs, on one channel each. */
export function createRenderFeed(channels: ChannelManager): RenderFeed {
  /** Two viewers at once must not both publish the end. */
  const finishing = new Map<string, Promise<void>>()
  const channelOf = (jobId: string) => ({ type, id: jobId })

  const feed: JobFeed = {
    async publish(event) {
      await channels.publish(channelOf(event.jobId), event)
    },
    complete: (jobId) => channels.complete(channelOf(jobId)),
  }

  async function finish(job: Job): Promise<void> {
    try {
      // A job that failed has no last event: its channel just ends.
      if (job.stage === 'complete') await announce(feed, job, job.totalFrames)
    } catch (error) {
      if (error instanceof RealtimeError && error.code === 'CHANNEL_COMPLETED') return
      throw error
    }
    await feed.complete(job.jobId)
  }

  return {
    ...feed,
    channelOf,
    labelOf: (jobId) => `${type}:${jobId}`,
    ensureFinished(job) {
      const begun = finishing.get(job.jobId) ?? finish(job).finally(() => finishing.delete(job.jobId))
      finishing.set(job.jobId, begun)
      return begun
    },
  }
}
