import { connect, createServer } from 'node:net'

import type { AddressInfo, Socket } from 'node:net'

/** A way to a port that can fall silent, as a cable does that nobody told the ends about. */
export interface TcpProxy {
  readonly port: number
  /** Passes nothing on any more over the connections that there are; new ones work. */
  freeze(): void
  readonly connections: number
  stop(): Promise<void>
}

export async function startProxy(target: number): Promise<TcpProxy> {
  let pairs: (readonly [Socket, Socket])[] = []
  let count = 0
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    count++
    near.pipe(far)
    far.pipe(near)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // prettier-ignore
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
    pairs.push([near, far])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // `listen` on a TCP port gives an address object.
    port: (server.address() as AddressInfo).port,
    get connections() {
      return count
    },
    freeze() {
      for (const [near, far] of pairs) {
        near.unpipe(far)
        far.unpipe(near)
        near.pause()
        far.pause()
      }
    },
    async stop() {
      for (const [near] of pairs) near.destroy()
      pairs = []
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
