import { connect, createServer } from 'node:net'

import { listen } from '../support/serve.ts'

import type { Socket } from 'node:net'

/** A TCP proxy that can cut what is open, and let new connections wait. */
export interface Gate {
  readonly port: number
  /** Resets every connection, and those that wait. */
  cut(): void
  /** Lets those that come from now on wait, or lets all in that have waited. */
  hold(isHolding: boolean): void
}

export async function createGate(targetPort: number): Promise<Gate> {
  const open = new Set<Socket>()
  let waiting: Socket[] = []
  let isHolding = false

  function carry(client: Socket): void {
    if (client.destroyed) return
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    open.add(client)
    client.pipe(target).pipe(client)
    for (const socket of [client, target]) socket.on('error', () => {}) // cuts are its business
    client.on('close', () => {
      open.delete(client)
      target.destroy()
    })
    target.on('close', () => client.destroy())
  }

  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => {})
    if (isHolding) waiting.push(client)
    else carry(client)
  })
  const { port } = await listen(server)
  return {
    port,
    cut() {
      for (const client of [...open, ...waiting]) client.resetAndDestroy()
      waiting = []
    },
    hold(holding) {
      isHolding = holding
      if (holding) return
      for (const client of waiting) carry(client)
      waiting = []
    },
  }
}
