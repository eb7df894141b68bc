import { expectTypeOf, it, onTestFinished } from 'vitest'

import { createRealtime, getChannelManager } from '../src/index.ts'

import type { Channel, ChannelManager, Realtime } from '../src/index.ts'

interface Progress {
  readonly jobId: string
  readonly progress: number
}

interface Channels {
  readonly job_progress: Progress
  readonly news: string
}

it('a payload or a channel that is none of those is no program', async () => {
  const realtime = createRealtime<Channels>()
  onTestFinished(() => realtime.close())
  expectTypeOf(realtime).toEqualTypeOf<Realtime<Channels>>()
  await realtime.publish('news', 'text')
  await realtime.publish({ type: 'job_progress', id: '1' }, { jobId: '1', progress: 0.5 })
  await realtime.channels.publish({ type: 'job_progress', userId: 'ann' }, { jobId: '1', progress: 1 })
  // @ts-expect-error: a number where the channel carries texts
  await realtime.publish('news', 5)
  // @ts-expect-error: half a payload
  await realtime.publish({ type: 'job_progress', id: '1' }, { jobId: '1' })
  // @ts-expect-error: a name that is not there
  await realtime.publish('olds', 'text')
  // @ts-expect-error: a type that is not there
  await realtime.complete({ type: 'jobs', id: '1' })
  realtime.channels.shape({ type: 'job_progress' }, { maxPerSecond: 1, latestByKey: ({ jobId }) => jobId })
  // @ts-expect-error: what the payload does not have
  realtime.channels.shape({ type: 'job_progress' }, { maxPerSecond: 1, latestByKey: ({ id }: { id: string }) => id })
})

it('without a list of channels anything may be published', async () => {
  const realtime = createRealtime()
  onTestFinished(() => realtime.close())
  expectTypeOf(realtime.channels).toEqualTypeOf<ChannelManager>()
  const channels: Channel[] = [{ type: 'job', id: '1' }, 'news', { type: 'alerts', userId: 'ann' }]
  for (const channel of channels) await realtime.publish(channel, { any: ['thing'] })
  await getChannelManager().publish('a', 1)
  await getChannelManager<Channels>().publish('news', 'text')
  expectTypeOf<Realtime<Channels>>().toExtend<{ stats(): object }>()
})
