import { stop as stopBundler } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'
import { buildAssets } from '../src/assets.ts'
import { createRecentLog } from '../src/lab/recent-log.ts'
import { startDemoServer } from '../src/server.ts'
import { readSettings } from '../src/settings.ts'
import { removeFolders, temporaryFolder } from './demo-process.ts'
import type { Logger } from '@steadystream/server'
import type { Restart } from '../src/http/fault-routes.ts'
import type { DemoServer } from '../src/server.ts'
import type { Settings } from '../src/settings.ts'

const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export interface ServerOptions {
  readonly settings?: Partial<Settings>
  readonly logger?: Logger
  readonly restart?: Restart
}

/** The demo's server in this process, on a free port. Thoughts follow each other without a pause. */
export async function startServer({
  settings = {},
  logger = quiet,
  restart = () => {},
}: ServerOptions = {}): Promise<DemoServer> {
  const assets = await buildAssets()
  await stopBundler()
  const all = { ...readSettings({ PORT: '0', PACE_MS: '0' }), dataDir: await temporaryFolder(), ...settings }
  return startDemoServer(all, logger, { assets, ledger: new Map(), recentLog: createRecentLog(), restart })
}

/** One server for all tests of a file: its origin, once it is there. */
export function serveFile(): () => string {
  let server: DemoServer | undefined
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(async () => {
    await server?.close()
    await removeFolders()
  })
  return () => `http://localhost:${server?.port}`
}
