import { createRealtime } from '@steadystream/server'
import { afterEach, describe, expect, it } from 'vitest'
import { createRenderFeed } from '../src/jobs/render-feed.ts'
import type { Channel, ChannelManager, Realtime } from '@steadystream/server'
import type { Job } from '../src/jobs/job.ts'

const finished: Job = {
  jobId: 'job_1',
  title: 'Done',
  totalFrames: 24,
  seed: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  stage: 'complete',
  renderedFrames: 24,
}

let realtime: Realtime | undefined

afterEach(() => realtime?.close())

/** A channel manager that writes down what succeeded. */
function recorded(): { channels: ChannelManager; log: string[] } {
  realtime = createRealtime()
  const { channels } = realtime
  const log: string[] = []
  return {
    log,
    channels: {
      ...channels,
      async publish(channel: Channel, event: unknown) {
        const position = await channels.publish(channel, event)
        log.push('publish')
        return position
      },
      async complete(channel: Channel) {
        await channels.complete(channel)
        log.push('complete')
      },
    },
  }
}

describe('the channels of a finished job', () => {
  it('get their last event and their end once, however many ask at once', async () => {
    const { channels, log } = recorded()
    const feed = createRenderFeed(channels)
    await Promise.all([feed.ensureFinished(finished), feed.ensureFinished(finished), feed.ensureFinished(finished)])
    await feed.ensureFinished(finished)
    expect(log).toEqual(['publish', 'publish', 'complete', 'complete'])
  })

  it('end with the failure where the job failed', async () => {
    const { channels, log } = recorded()
    await createRenderFeed(channels).ensureFinished({ ...finished, stage: 'rendering', failure: 'out of memory' })
    expect(log).toEqual(['publish', 'complete', 'complete'])
  })
})
