import { connect, createServer } from 'node:net'

import { listen } from '../support/serve.ts'

import type { Socket } from 'node:net'

/** What lies between a client and a real server, and can be cut, blocked and left hanging. */
export interface Cable {
  readonly port: number
  cut(): void
  refuse(isRefusing: boolean): void
  /** Carries nothing more, for old and new connections alike. */
  freeze(): void
  /** Frozen connections on which the client has said something. */
  readonly frozen: number
  /** Whether a client is not reading what has been sent to it. */
  readonly isBlocked: boolean
}

export async function layCable(targetPort: number): Promise<Cable> {
  const clients = new Set<Socket>()
  // Node's fetch opens a spare connection in place of one that it destroys, and says nothing on it.
  const spoken = new Set<Socket>()
  let isRefusing = false
  let isFrozen = false

  function freeze(client: Socket): void {
    client.unpipe()
    client.on('data', () => spoken.add(client))
    client.resume()
  }

  const server = createServer({ noDelay: true }, (client) => {
    if (isRefusing) return client.resetAndDestroy()
    clients.add(client)
    client.on('error', () => {})
    client.on('data', () => spoken.add(client))
    if (isFrozen) {
      client.on('close', () => clients.delete(client))
      return freeze(client)
    }
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    target.on('error', () => {})
    client.pipe(target)
    // By hand, as a frozen one must not hear of an end either.
    target.on('data', (bytes) => {
      if (!isFrozen && !client.write(bytes)) target.pause()
    })
    client.on('drain', () => target.resume())
    target.on('close', () => isFrozen || client.destroy())
    client.on('close', () => {
      clients.delete(client)
      target.destroy()
    })
  })
  const { port } = await listen(server)

  return {
    port,
    cut: () => clients.forEach((client) => client.destroy()),
    refuse: (refusing) => void (isRefusing = refusing),
    freeze() {
      isFrozen = true
      clients.forEach(freeze)
    },
    get frozen() {
      return isFrozen ? [...clients].filter((client) => spoken.has(client)).length : 0
    },
    get isBlocked() {
      return [...clients].some((client) => client.writableNeedDrain)
    },
  }
}
