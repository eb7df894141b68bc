import { createServer } from 'node:http'

import express from 'express'
import { onTestFinished } from 'vitest'

import { createRealtime } from '../../src/index.ts'

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Realtime, RealtimeOptions } from '../../src/index.ts'

export type Framework = 'node:http' | 'express'
export const frameworks: readonly Framework[] = ['node:http', 'express']

export type Handler = (realtime: Realtime, req: IncomingMessage, res: ServerResponse) => void

export interface Served {
  readonly realtime: Realtime
  readonly server: Server
  readonly port: number
}

/** A server on a free loopback port, gone with the test. */
export async function serve(
  handler: Handler,
  options: RealtimeOptions = {},
  kind: Framework = 'node:http',
): Promise<Served> {
  const realtime = createRealtime(options)
  const server = createServer(listener(kind, (req, res) => handler(realtime, req, res)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const session of realtime.sessions) session.destroy()
    await realtime.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  // `listen` on a TCP port gives an address object, never a pipe name.
  return { realtime, server, port: (server.address() as AddressInfo).port }
}

function listener(kind: Framework, handle: RequestListener): RequestListener {
  if (kind === 'node:http') return handle
  const app = express()
  app.use('/events', (req, res) => handle(req, res))
  return app
}
