import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

import { redisBackplane } from '../../src/backplanes/redis/index.ts'
import { createRealtime, RealtimeError } from '../../src/index.ts'

import type { AddressInfo } from 'node:net'
import type { DriverName } from '../../src/backplanes/redis/find-driver.ts'

/** What the test has a server process do. */
export interface Order {
  readonly publisher: number
  readonly count: number
  readonly perSecond: number
}

/** What it answers with when it is done. */
export interface Done {
  /** How often it had to try again. */
  readonly retries: number
}

/**
 * One of several server processes that share a Redis: channel `a` for event streams, until SIGTERM. Publishes what it is
 * told to.
 */
const [url = '', driver, size, drainMs] = process.argv.slice(2)
const realtime = createRealtime({
  // The name of a library, as the test gives it.
  backplane: redisBackplane({ url, driver: driver as DriverName, history: { size: Number(size), bytes: 1e9 } }),
})
const server = createServer((req, res) => realtime.node(req, res, { channel: 'a' }))
// On a TCP port the address is an object.
server.listen(0, '127.0.0.1', 4096, () => process.send?.((server.address() as AddressInfo).port))

process.on('message', (order) => void obey(order as Order)) // as the test sends it
process.once('SIGTERM', () => {
  server.close()
  void realtime.close({ drainMs: Number(drainMs) }).then(() => process.disconnect())
})

async function obey({ publisher, count, perSecond }: Order): Promise<void> {
  const begin = performance.now()
  const publishing: Promise<void>[] = []
  let retries = 0

  async function publish(n: number): Promise<void> {
    for (;;) {
      try {
        await realtime.publish('a', { publisher, n }, { idempotencyKey: `${publisher}:${n}` })
        return
      } catch (error) {
        if (!(error instanceof RealtimeError) || error.code !== 'UNAVAILABLE') throw error
        retries++
        await pause(20)
      }
    }
  }

  for (let n = 0; n < count;) {
    const due = Math.min(count, Math.floor(((performance.now() - begin) / 1000) * perSecond))
    while (n < due) publishing.push(publish(n++))
    await pause(5)
  }
  await Promise.all(publishing)
  process.send?.({ retries } satisfies Done)
}
