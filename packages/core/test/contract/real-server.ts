import { createServer } from 'node:http'

import { createRealtime } from '@steadystream/server'
import { onTestFinished, vi } from 'vitest'

import { listen } from '../support/serve.ts'
import { layCable } from './cable.ts'

import type { Realtime } from '@steadystream/server'
import type { Server } from 'node:http'
import type { TransportFactory } from '../../src/index.ts'
import type { Provided } from '../../src/options.ts'
import type { ContractServer, Limits, Serve } from './contract-server.ts'

export const realLimits: Limits = { holdsHandshake: true, seesRelease: true, hasSockets: true }

const channel = 'numbers'
const mebibyte = 1024 * 1024

/** Our own server behind a cable, and the transport that reads it under this path. */
export const serveReal =
  (path: '/events' | '/feed' | '/poll', make: (url: Provided<string>) => TransportFactory): Serve =>
  async ({ history = 50 } = {}): Promise<ContractServer> => {
    const start = () =>
      createRealtime({
        history: { size: history, bytes: 64 * mebibyte },
        limits: { queuedBytes: 64 * mebibyte, totalQueuedBytes: 256 * mebibyte },
      })
    let realtime = start()
    const http = createServer((request, response) =>
      path === '/poll' ? realtime.poll(request, response, { channel }) : realtime.node(request, response, { channel }),
    )
    const attach = () => realtime.attachWebSocket(http, { path: '/feed', channel: () => channel })
    attach()
    const counts = count(http)
    const { port } = await listen(http)
    const cable = await layCable(port)
    onTestFinished(async () => {
      cable.cut()
      await close(realtime)
    })
    return {
      url: `http://127.0.0.1:${cable.port}${path}`,
      make,
      clock: undefined,
      until: (check) => vi.waitFor(check, { timeout: 10_000, interval: 5 }),
      async publish(...data) {
        await Promise.all(data.map((each) => realtime.publish(channel, each)))
      },
      complete: () => realtime.complete(channel),
      async restart() {
        await close(realtime)
        realtime = start()
        attach()
      },
      cut: cable.cut,
      refuse: cable.refuse,
      freeze: cable.freeze,
      get asked() {
        return counts.asked
      },
      get open() {
        return counts.open + cable.frozen
      },
      get isBlocked() {
        return cable.isBlocked
      },
    }
  }

/** Without goodbyes, which would tell clients how long to wait. */
async function close(realtime: Realtime): Promise<void> {
  for (const session of realtime.sessions) session.destroy()
  await realtime.close()
}

function count(http: Server) {
  const counts = { asked: 0, open: 0 }
  const begin = (held: NodeJS.EventEmitter) => {
    counts.asked++
    counts.open++
    held.once('close', () => counts.open--)
  }
  http.on('request', (_, response) => begin(response))
  http.on('upgrade', (_, socket) => begin(socket))
  return counts
}
