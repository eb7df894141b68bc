import { createServer } from 'node:http'
import { createRealtime } from '@steadystream/server'
import express from 'express'
import { bundleRenderWorker } from './bundle.ts'
import { access } from './http/access.ts'
import { notFound, reportErrors } from './http/errors.ts'
import { jobRoutes } from './http/job-routes.ts'
import { labRoutes } from './http/lab-routes.ts'
import { pageRoutes } from './http/page-routes.ts'
import { streamRoutes } from './http/stream-routes.ts'
import { createJobRunner } from './jobs/job-runner.ts'
import { openJobStore } from './jobs/job-store.ts'
import { createRenderFeed } from './jobs/render-feed.ts'
import { createRenderer } from './render/renderer.ts'
import type { Server } from 'node:http'
import type { Logger } from '@steadystream/server'
import type { Settings } from './settings.ts'

export interface DemoServer {
  readonly port: number
  /** Tells the viewers, ends the work, and resolves when nothing is left. */
  close(): Promise<void>
}

/** Milliseconds over which viewers are sent away when the server stops. */
const drainMs = 1000

/** @throws {Error} with code `EADDRINUSE` if the port is taken; nothing has been rendered by then. */
export async function startDemoServer(settings: Settings, logger: Logger): Promise<DemoServer> {
  const [store, page, workerSource] = await Promise.all([
    openJobStore(settings.dataDir, (name, error) => logger.warn({ job: name, err: error }, 'job left out')),
    pageRoutes(),
    bundleRenderWorker(),
  ])
  const realtime = createRealtime({ heartbeat: { intervalMs: settings.keepAliveMs }, logger, ...access(store) })
  const feed = createRenderFeed(realtime.channels)
  const runner = createJobRunner(store, createRenderer(workerSource), feed, {
    info: (message) => logger.info({}, message),
    warn: (message, error) => logger.warn({ err: error }, message),
  })

  const app = express().disable('x-powered-by')
  app.use((_req, res, next) => {
    res.set('X-Content-Type-Options', 'nosniff')
    next()
  })
  app.use(express.json({ limit: '10kb' }))
  app.use(page, jobRoutes(store, runner), streamRoutes(realtime, store, feed), labRoutes(realtime, store, feed))
  app.use(notFound, reportErrors(logger))

  const server = createServer(app)
  realtime.attachWebSocket(server, { path: '/ws' })
  const port = await listen(server, settings.port)
  logger.info({ jobs: store.list().length }, 'job store ready')
  logger.info({ keepAliveMs: settings.keepAliveMs }, 'channel manager ready, in memory')
  logger.info({}, 'SSE ready on /api/stream/render-progress/:jobId')
  logger.info({}, 'WebSocket ready on /ws and /ws/alerts')
  // Only a process that holds the port renders: a second one started by mistake must not touch the same jobs.
  runner.takeUpUnfinished()

  return {
    port,
    async close() {
      await runner.stop()
      // From here on new connections are refused; those of viewers end with their streams.
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await realtime.close({ drainMs })
      server.closeAllConnections()
      await closed
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}
