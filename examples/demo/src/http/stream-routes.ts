import { Router } from 'express'
import { isFinished } from '../jobs/job.ts'
import { withoutNames } from './guarded-stats.ts'
import { findJob } from './job-routes.ts'
import type { Realtime } from '@steadystream/server'
import type { JobStore } from '../jobs/job-store.ts'
import type { RenderFeed } from '../jobs/render-feed.ts'
import type { MayControl } from './control.ts'

/** The streams, and what is to be known of them. */
export function streamRoutes(realtime: Realtime, store: JobStore, feed: RenderFeed, may: MayControl): Router {
  const router = Router()

  router.get('/api/stream/render-progress/:jobId', async (req, res) => {
    const job = findJob(store, req.params.jobId, res)
    if (!job) return
    if (isFinished(job)) await feed.ensureFinished(job)
    realtime.node(req, res, { channel: feed.channelOf(job.jobId), from: 'start' })
  })

  router.get('/api/stream/job-progress/:jobId', async (req, res) => {
    const job = findJob(store, req.params.jobId, res)
    if (!job) return
    if (isFinished(job)) await feed.ensureFinished(job)
    realtime.node(req, res, { channel: feed.progressChannelOf(job.jobId), from: 'start' })
  })

  // Open to everybody here because the demo is meant to be looked into. It names channels: guard it in your own server.
  router.get('/api/realtime/stats', (req, res) => {
    const stats = realtime.stats()
    res.set('Cache-Control', 'no-store').json(may(req) ? stats : withoutNames(stats))
  })

  // Many channels over one connection: GET and POST, and polls of the same.
  router.all('/api/realtime', (req, res) => realtime.node(req, res))
  router.all('/api/realtime/poll', (req, res) => realtime.poll(req, res))

  router.get('/health', (_req, res) => {
    const health = realtime.health()
    res
      .status(health.status === 'healthy' ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json(health)
  })

  return router
}
