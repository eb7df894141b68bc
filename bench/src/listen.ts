import { once } from 'node:events'

import type { AddressInfo, Server } from 'node:net'

// More than the bench opens at a time.
const backlog = 1024

/** Listens on a free port of the loopback interface. @returns the port */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1', backlog)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port // it listens on TCP
}
