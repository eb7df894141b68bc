import { createServer } from 'node:http'
import { createRealtime } from '@steadystream/server'
import { redisBackplane } from '@steadystream/server/redis'
import express from 'express'
import { createCampaignDesk } from './campaign/campaign-desk.ts'
import { createChatDesk } from './chat/chat-desk.ts'
import { gatherFacts } from './chat/gather-facts.ts'
import { createRemoteEvaluator } from './council/remote-evaluator.ts'
import { access } from './http/access.ts'
import { attachLinks } from './http/link-routes.ts'
import { createApp } from './http/app.ts'
import { createJobRunner } from './jobs/job-runner.ts'
import { openJobStore } from './jobs/job-store.ts'
import { createRenderFeed } from './jobs/render-feed.ts'
import { createFirehose } from './lab/firehose.ts'
import { createLabDesk } from './lab/lab-desk.ts'
import { createRenderer } from './render/renderer.ts'
import { createRuns } from './runs/runs.ts'
import { createWritingDesk } from './writing/writing-desk.ts'
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
  { assets, ledger, recentLog, restart }: Surroundings,
): Promise<DemoServer> {
  const { keepAliveMs, paceMs, provider, dataDir, redisUrl } = settings
  const store = await openJobStore(dataDir, (name, error) => logger.warn({ job: name, err: error }, 'job left out'))
  const failed = (what: string) => (error: unknown) => logger.error({ err: error }, `${what} failed`)
  const realtime = createRealtime({
    ...(redisUrl !== undefined && { backplane: redisBackplane({ url: redisUrl }) }),
    heartbeat: { intervalMs: keepAliveMs },
    logger,
    ...access(() => things, redisUrl !== undefined),
  })
  const feed = createRenderFeed(realtime.channels)
  const runner = createJobRunner(store, createRenderer(assets.workerSource), feed, {
    info: (message) => logger.info({}, message),
    warn: (message, error) => logger.warn({ err: error }, message),
  })
  const things: Things = {
    store,
    runs: createRuns(realtime, failed('a run')),
    campaigns: createCampaignDesk(realtime, failed('publishing metrics')),
    writing: createWritingDesk(realtime, paceMs, failed('writing')),
    lab: createLabDesk(realtime, ledger, failed('publishing to a lab link')),
    firehose: createFirehose(realtime, failed('publishing readings')),
  }
  const facts = () => gatherFacts(realtime, store, things.campaigns)
  const chat = createChatDesk(realtime, settings.chatEveryMs, facts, failed('the chat'))
  const council = { paceMs, remote: provider && createRemoteEvaluator(provider) }
  const app = createApp(express(), {
    realtime,
    runner,
    feed,
    chat,
    council,
    restart,
    logger,
    recentLog,
    control: settings.control,
    pages: assets.pages,
    ...things,
  })

  const server = createServer(app)
  realtime.attachWebSocket(server, { path: '/ws' })
  attachLinks(realtime, server, things.lab)

  function stopPublishing(): void {
    for (const each of [things.runs, things.campaigns, things.writing, things.lab, things.firehose, chat]) each.stop()
  }

  async function shutDown(drain: number): Promise<void> {
    stopPublishing()
    await runner.stop()
    // From here on new connections are refused; those of viewers end with their streams.
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    await realtime.close({ drainMs: drain })
    server.closeAllConnections()
    await closed
  }

  const port = await listen(server, settings.port).catch((error: unknown) => {
    stopPublishing()
    throw error
  })
  logger.info({ jobs: store.list().length }, 'job store ready')
  logger.info({ keepAliveMs }, `channel manager ready, ${redisUrl === undefined ? 'in memory' : 'on Redis'}`)
  logger.info({}, 'SSE ready on /api/stream/…, /api/autopilot/stream, /api/generation/stream and /api/chat/stream')
  logger.info({}, 'WebSocket ready on /ws and /ws/alerts')
  // Only a process that holds the port renders: a second one started by mistake must not touch the same jobs.
  runner.takeUpUnfinished()

  return {
    port,
    close: () => shutDown(drainMs),
    async crash() {
      for (const session of realtime.sessions) session.destroy()
      server.closeAllConnections()
      await shutDown(0)
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
