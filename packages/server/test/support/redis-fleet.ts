import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { strictClient } from './strict-client.ts'

import type { ChildProcess } from 'node:child_process'
import type { Done, Order } from './redis-instance.ts'
import type { StrictClient } from './strict-client.ts'

/** Two server processes on one Redis, and clients spread over both. */
export interface Fleet {
  readonly children: readonly ChildProcess[]
  readonly clients: readonly StrictClient[]
  /** Has both publish, and resolves when both have: to the number of attempts that failed. */
  publish(order: Omit<Order, 'publisher'>): Promise<number>
  /** Has one of them publish. */
  publishFrom(index: number, order: Omit<Order, 'publisher'>): Promise<number>
  stop(): Promise<void>
}

export interface FleetOptions {
  readonly url: string
  readonly library: string
  readonly clients: number
  readonly historySize: number
  readonly drainMs?: number
}

export async function startFleet({
  url,
  library,
  clients: count,
  historySize,
  drainMs = 0,
}: FleetOptions): Promise<Fleet> {
  const file = fileURLToPath(new URL('redis-instance.ts', import.meta.url))
  const children = [0, 1].map(() =>
    fork(file, [url, library, String(historySize), String(drainMs)], {
      execArgv: ['--import', 'tsx', '--conditions=@steadystream/source'],
      // A loader that the test runner set up for itself is none of its business.
      env: { ...process.env, NODE_OPTIONS: '' },
    }),
  )
  const ports = await Promise.all(children.map(async (child) => ((await once(child, 'message')) as [number])[0]))
  const clients = Array.from({ length: count }, (_, index) => strictClient(ports, index))
  while (!clients.every(({ isConnected }) => isConnected)) await new Promise((resolve) => setTimeout(resolve, 20))

  async function publishFrom(publisher: number, order: Omit<Order, 'publisher'>): Promise<number> {
    const child = children[publisher]
    if (!child) throw new RangeError('there are two')
    child.send({ ...order, publisher } satisfies Order)
    const [{ retries }] = (await once(child, 'message')) as [Done] // nothing else is sent after the port
    return retries
  }

  return {
    children,
    clients,
    publishFrom,
    async publish(order) {
      const retries = await Promise.all([publishFrom(0, order), publishFrom(1, order)])
      return retries.reduce((sum, each) => sum + each, 0)
    },
    async stop() {
      for (const client of clients) client.stop()
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return
          const over = once(child, 'exit')
          child.kill('SIGKILL')
          await over
        }),
      )
    },
  }
}
