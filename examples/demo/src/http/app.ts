import express from 'express'
import { campaignRoutes } from './campaign-routes.ts'
import { chatRoutes } from './chat-routes.ts'
import { notFound, reportErrors } from './errors.ts'
import { faultRoutes } from './fault-routes.ts'
import { jobRoutes } from './job-routes.ts'
import { labRoutes } from './lab-routes.ts'
import { linkRoutes } from './link-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { streamRoutes } from './stream-routes.ts'
import { studioRoutes } from './studio-routes.ts'
import { writingRoutes } from './writing-routes.ts'
import type { Express, Router } from 'express'
import type { Logger, Realtime } from '@steadystream/server'
import type { ChatDesk } from '../chat/chat-desk.ts'
import type { CouncilOptions } from '../council/hold-council.ts'
import type { JobRunner } from '../jobs/job-runner.ts'
import type { RenderFeed } from '../jobs/render-feed.ts'
import type { Things } from './access.ts'
import type { Restart } from './fault-routes.ts'

/** Everything that answers requests. */
export interface AppParts extends Things {
  readonly realtime: Realtime
  readonly runner: JobRunner
  readonly feed: RenderFeed
  readonly chat: ChatDesk
  readonly council: CouncilOptions
  readonly restart: Restart
  readonly logger: Logger
  readonly pages: Router
}

export function createApp(app: Express, parts: AppParts): Express {
  const { realtime, store, runner, feed, runs, campaigns, writing, chat, lab, council, restart, logger, pages } = parts
  app.disable('x-powered-by')
  app.use((_req, res, next) => {
    res.set('X-Content-Type-Options', 'nosniff')
    next()
  })
  app.use(express.json({ limit: '10kb' }))
  app.use(pages, sessionRoutes())
  app.use(jobRoutes(store, runner), streamRoutes(realtime, store, feed), labRoutes(realtime, store, feed))
  app.use(studioRoutes(realtime, runs, council), campaignRoutes(realtime, campaigns))
  app.use(
    writingRoutes(realtime, writing),
    chatRoutes(realtime, chat),
    linkRoutes(realtime, lab),
    faultRoutes(lab, restart),
  )
  app.use(notFound, reportErrors(logger))
  return app
}
