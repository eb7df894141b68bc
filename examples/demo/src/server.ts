import { createServer } from 'node:http'
import { createRealtime, memoryBackplane } from '@steadystream/server'
import { redisBackplane } from '@steadystream/server/redis'
import express from 'express'
import { access } from './http/access.ts'
import { attachLinks } from './http/link-routes.ts'
import { createApp } from './http/app.ts'
import { openJobs } from './jobs/open-jobs.ts'
import { openJobStore } from './jobs/job-store.ts'
import { createFirehose } from './lab/firehose.ts'
import { createLabDesk } from './lab/lab-desk.ts'
import { openDesks } from './open-desks.ts'
import { openLeadership } from './together/leadership.ts'
import type { Server } from 'node:http'
import type { Logger } from '@steadystream/server'
import type { Assets } from './assets.ts'
import type { Things } from './http/access.ts'
import type { Restart } from './http/fault-routes.ts'
import type { Ledger } from './lab/ledger.ts'
import type { RecentLog } from './lab/recent-log.ts'
import type { Settings } from './settings.ts'

export interface DemoServer {
  readonly port: number
  /** Tells the viewers, ends the work, and resolves when nothing is left. */
  close(): Promise<void>
  /** As {@link close}, without a word to anybody: what a killed process looks like from outside. */
  crash(): Promise<void>
}

/** What the server gets from its process. */
export interface Surroundings {
  readonly assets: Assets
  readonly ledger: Ledger
  readonly recentLog: RecentLog
  readonly restart: Restart
}

/** Milliseconds over which viewers are sent away when the server stops. */
const drainMs = 1000

/** @throws {Error} with code `EADDRINUSE` if the port is taken; nothing has been rendered by then. */
export async function startDemoServer(
  settings: Settings,
  logger: Logger,
  surroundings: Surroundings,
): Promise<DemoServer> {
  const parts = await openParts(settings, logger, surroundings.assets, surroundings.ledger)
  const { realtime, backplane, leadership, things, jobs } = parts
  const { restart, recentLog, assets } = surroundings
  const { control } = settings
  const app = createApp(express(), {
    ...things,
    ...jobs,
    realtime,
    restart,
    logger,
    recentLog,
    control,
    pages: assets.pages,
  })
  const server = createServer(app)
  realtime.attachWebSocket(server, { path: '/ws' })
  attachLinks(realtime, server, things.lab)

  async function shutDown(drain: number, isSilent: boolean): Promise<void> {
    await parts.stop(isSilent)
    // From here on new connections are refused; those of viewers end with their streams.
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    await realtime.close({ drainMs: drain })
    server.closeAllConnections()
    await closed
  }

  const port = await listen(server, settings.port).catch(async (error: unknown) => {
    await parts.stop(true)
    await backplane.close()
    throw error
  })
  tellReady(logger, settings, things.store.list().length)
  if (settings.redisUrl !== undefined) {
    leadership.onChange((leads) =>
      logger.info({}, leads ? 'this process leads: it does the work' : 'another one leads'),
    )
  }
  // Only a process that holds the port works: a second one started by mistake must not touch the same jobs.
  await leadership.start()

  return {
    port,
    close: () => shutDown(drainMs, false),
    async crash() {
      for (const session of realtime.sessions) session.destroy()
      server.closeAllConnections()
      await shutDown(0, true)
    },
  }
}

/** Everything that the server serves, before it serves it. */
async function openParts(settings: Settings, logger: Logger, { workerSource }: Assets, ledger: Ledger) {
  const { keepAliveMs, dataDir, redisUrl } = settings
  const failed = (what: string) => (error: unknown) => logger.error({ err: error }, `${what} failed`)
  const store = await openJobStore(dataDir, (name, error) => logger.warn({ job: name, err: error }, 'job left out'))
  const isShared = redisUrl !== undefined
  const backplane = isShared ? redisBackplane({ url: redisUrl }) : memoryBackplane()
  const realtime = createRealtime({
    backplane,
    heartbeat: { intervalMs: keepAliveMs },
    logger,
    ...access(() => things),
  })
  const leadership = await openLeadership(backplane, failed('seeking the lead'))
  const shared = { realtime, backplane, leadership, store }
  const jobs = await openJobs({ ...shared, workerSource, isShared, logger })
  const desks = await openDesks({ ...shared, settings, failed })
  const lab = createLabDesk(realtime, ledger, failed('publishing to a lab link'))
  const firehose = createFirehose(realtime, failed('publishing readings'))
  const things = { ...desks, store, lab, firehose } satisfies Things
  return {
    realtime,
    backplane,
    leadership,
    jobs,
    things,
    async stop(isSilent: boolean): Promise<void> {
      await leadership.stop(isSilent)
      for (const each of [desks, lab, firehose]) each.stop()
      await jobs.stop()
    },
  }
}

function tellReady(logger: Logger, { keepAliveMs, redisUrl }: Settings, jobs: number): void {
  logger.info({ jobs }, 'job store ready')
  logger.info({ keepAliveMs }, `channel manager ready, ${redisUrl === undefined ? 'in memory' : 'on Redis'}`)
  logger.info({}, 'SSE ready on /api/stream/…, /api/autopilot/stream, /api/generation/stream and /api/chat/stream')
  logger.info({}, 'WebSocket ready on /ws and /ws/alerts')
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
