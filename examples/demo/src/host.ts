import { setTimeout as delay } from 'node:timers/promises'
import { stop as stopBundler } from 'esbuild'
import { buildAssets } from './assets.ts'
import { createRecentLog, joinLoggers } from './lab/recent-log.ts'
import { startDemoServer } from './server.ts'
import type { Logger } from '@steadystream/server'
import type { Ledger } from './lab/ledger.ts'
import type { DemoServer } from './server.ts'
import type { Settings } from './settings.ts'

/** The process around the server: what can be restarted is the server, and the process stays. */
export interface Host {
  readonly port: number
  close(): Promise<void>
}

/** Milliseconds for which nobody answers while the server is restarted. */
const downMs = 1200

/** @throws {Error} with code `EADDRINUSE` if the port is taken. */
export async function startHost(settings: Settings, given: Logger): Promise<Host> {
  const recentLog = createRecentLog()
  const logger = joinLoggers(given, recentLog.logger)
  const assets = await buildAssets()
  // The bundler's process has done its work; left running it would outlive a killed server for a while.
  await stopBundler()
  const ledger: Ledger = new Map()
  let server: DemoServer
  let restarting: Promise<void> | undefined
  let isClosing = false

  const start = (port: number) =>
    startDemoServer({ ...settings, port }, logger, {
      assets,
      ledger,
      recentLog,
      restart(kind) {
        restarting ??= restart(kind)
          .catch((error: unknown) => logger.error({ err: error }, 'the restart failed'))
          .finally(() => (restarting = undefined))
      },
    })

  /** As seen from outside: the port is closed, connections and history are gone, then a new server answers there. */
  async function restart(kind: 'drain' | 'crash'): Promise<void> {
    const { port } = server
    logger.info({ kind }, 'restarting, as asked from the connection lab')
    await (kind === 'crash' ? server.crash() : server.close())
    await delay(downMs)
    if (!isClosing) server = await start(port)
  }

  server = await start(settings.port)
  return {
    port: server.port,
    async close() {
      isClosing = true
      await restarting
      await server.close()
    },
  }
}
