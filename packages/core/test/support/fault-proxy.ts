import { connect, createServer } from 'node:net'

import { listen } from './serve.ts'

import type { Socket } from 'node:net'
import type { Served } from './serve.ts'

/** What befalls a connection: its end by a FIN, its end by a RST, or silence without an end (half-open). */
export type Fault = 'cut' | 'reset' | 'freeze'

/** A TCP proxy between a client and a server, which does to their connections what networks do. */
export interface FaultProxy extends Served {
  /** Lets each new connection carry so many bytes to the client and no more, wherever in the stream that is. */
  limit(bytes: number, fault: Fault): void
  /** Resets new connections at once, or takes them again. */
  refuse(isRefusing: boolean): void
  /** Hands bytes to the client one at a time, or as they come. */
  dribble(isDribbling: boolean): void
}

export async function createFaultProxy(targetPort: number): Promise<FaultProxy> {
  let isRefusing = false
  let isDribbling = false
  let limit: { readonly bytes: number; readonly fault: Fault } = { bytes: Infinity, fault: 'cut' }

  function carry(client: Socket, target: Socket): void {
    const { bytes: most, fault } = limit
    let left = most
    client.on('data', (bytes) => target.write(bytes))
    target.on('data', (bytes) => {
      if (left === 0) return
      const part = bytes.subarray(0, left)
      left -= part.length
      if (isDribbling) for (const byte of part) client.write(Uint8Array.of(byte))
      else client.write(part)
      if (left === 0) client.write('', () => befall(client, fault))
    })
    target.on('end', () => left > 0 && client.end())
    client.on('close', () => target.destroy())
    for (const socket of [client, target]) socket.on('error', () => {}) // cuts are its business
  }

  const server = createServer({ noDelay: true }, (client) => {
    if (isRefusing) client.resetAndDestroy()
    else carry(client, connect({ port: targetPort, host: '127.0.0.1', noDelay: true }))
  })

  return {
    ...(await listen(server)),
    limit: (bytes, fault) => void (limit = { bytes, fault }),
    refuse: (refusing) => void (isRefusing = refusing),
    dribble: (dribbling) => void (isDribbling = dribbling),
  }
}

function befall(client: Socket, fault: Fault): void {
  if (fault === 'cut') client.destroy()
  if (fault === 'reset') client.resetAndDestroy()
}
