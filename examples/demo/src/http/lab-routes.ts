import { closeCodes } from '@steadystream/core/protocol'
import { Router } from 'express'
import { onlyForControl } from './control.ts'
import { findJob } from './job-routes.ts'
import type { Realtime, SessionView } from '@steadystream/server'
import type { JobStore } from '../jobs/job-store.ts'
import type { RenderFeed } from '../jobs/render-feed.ts'
import type { MayControl } from './control.ts'

/** Milliseconds a politely ended client is asked to wait. */
const restartRetryMs = 500

/** Trouble on demand: what a viewer's stream does when links break. Part of the demo, not of a real server. */
export function labRoutes(realtime: Realtime, store: JobStore, feed: RenderFeed, may: MayControl): Router {
  const router = Router()

  function onSessions(path: string, act: (session: SessionView) => void): void {
    router.post(path, (req, res) => {
      const body: unknown = req.body
      const jobId = typeof body === 'object' && body !== null && 'jobId' in body ? body.jobId : undefined
      const job = findJob(store, jobId, res)
      if (!job) return
      const sessions = [...realtime.sessions].filter(({ channel }) => channel === feed.labelOf(job.jobId))
      for (const session of sessions) act(session)
      res.json({ sessions: sessions.length })
    })
  }

  router.post('/api/lab/cut-all', onlyForControl(may), (_req, res) => {
    const sessions = [...realtime.sessions]
    for (const session of sessions) session.destroy()
    res.json({ sessions: sessions.length })
  })

  onSessions('/api/lab/cut', (session) => session.destroy())
  onSessions('/api/lab/restart-stream', (session) =>
    session.end({ ...closeCodes.shutdown, reason: 'restart', reconnect: true, retryMs: restartRetryMs }),
  )

  return router
}
