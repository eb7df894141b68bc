import express from 'express'
import { boardRoutes } from './board-routes.ts'
import { campaignRoutes } from './campaign-routes.ts'
import { mayControl } from './control.ts'
import { chatRoutes } from './chat-routes.ts'
import { notFound, reportErrors } from './errors.ts'
import { faultRoutes } from './fault-routes.ts'
import { jobRoutes } from './job-routes.ts'
import { labRoutes } from './lab-routes.ts'
import { linkRoutes } from './link-routes.ts'
import { refuseOtherSites } from './same-site.ts'
import { roughRoutes } from './rough-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { streamRoutes } from './stream-routes.ts'
import { studioRoutes } from './studio-routes.ts'
import { writingRoutes } from './writing-routes.ts'
import type { Express, Router } from 'express'
import type { Logger, Realtime } from '@steadystream/server'
import type { ChatDesk } from '../chat/chat-desk.ts'
import type { JobRunner } from '../jobs/job-runner.ts'
import type { RenderFeed } from '../jobs/render-feed.ts'
import type { RecentLog } from '../lab/recent-log.ts'
import type { Runs } from '../runs/runs.ts'
import type { WritingDesk } from '../writing/writing-desk.ts'
import type { Things } from './access.ts'
import type { ControlPolicy } from './control.ts'
import type { Restart } from './fault-routes.ts'

/** Everything that answers requests. */
export interface AppParts extends Things {
  readonly realtime: Realtime
  readonly runner: JobRunner
  readonly feed: RenderFeed
  readonly chat: ChatDesk
  readonly runs: Runs
  readonly writing: WritingDesk
  readonly restart: Restart
  readonly logger: Logger
  readonly recentLog: RecentLog
  readonly control: ControlPolicy
  readonly pages: Router
}

export function createApp(app: Express, parts: AppParts): Express {
  const { realtime, store, runner, feed, runs, works, campaigns, writing, chat, lab, firehose, logger } = parts
  const may = mayControl(parts.control)
  app.disable('x-powered-by')
  app.use((_req, res, next) => {
    res.set('X-Content-Type-Options', 'nosniff')
    next()
  })
  app.use(refuseOtherSites, express.json({ limit: '10kb' }))
  app.use(parts.pages, sessionRoutes(may))
  app.use(jobRoutes(store, runner), streamRoutes(realtime, store, feed, may), labRoutes(realtime, store, feed, may))
  app.use(studioRoutes(realtime, runs), campaignRoutes(realtime, campaigns))
  app.use(writingRoutes(realtime, works, writing), chatRoutes(realtime, chat, may))
  app.use(linkRoutes(realtime, lab), faultRoutes(lab, parts.restart, may), roughRoutes())
  app.use(boardRoutes(realtime, firehose, parts.recentLog, may))
  app.use(notFound, reportErrors(logger))
  return app
}
