import { createServer } from 'node:http'

import { createRealtime } from '../../src/index.ts'
import { remoteBackplane } from './remote-backplane.ts'

import type { AddressInfo } from 'node:net'

/**
 * One of several server processes, as docs/operating.md has it: channel `news` for event streams and WebSockets, until
 * SIGTERM. It prints its port, and how many milliseconds it took to end.
 */
const [brokerPort, drainMs] = process.argv.slice(2).map(Number)
const realtime = createRealtime({ backplane: remoteBackplane(brokerPort ?? 0) })
const server = createServer((req, res) => realtime.node(req, res, { channel: 'news' }))
realtime.attachWebSocket(server, { path: '/ws', channel: () => 'news' })
// On a TCP port the address is an object.
server.listen(0, '127.0.0.1', 4096, () => console.log(`instance ${(server.address() as AddressInfo).port}`))

process.once('SIGTERM', () => void shutDown())

async function shutDown(): Promise<void> {
  const toldAt = performance.now()
  // Nothing but an idle process brings this about.
  process.once('exit', () => console.log(`ended ${Math.round(performance.now() - toldAt)}`))
  server.close()
  await realtime.close({ drainMs })
}
