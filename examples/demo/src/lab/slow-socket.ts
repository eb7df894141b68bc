import type { Socket } from 'node:net'

type Latency = () => number

/** A browser uses a connection again, for another link as well: the last one that it was used for counts. */
const latencies = new WeakMap<Socket, Latency>()

/**
 * Delays everything that is written to a socket, in its order, by what `latency` says at that moment: a slow line, as
 * the one on the other end sees it.
 */
export function slowDown(socket: Socket, latency: Latency): void {
  const isSlowed = latencies.has(socket)
  latencies.set(socket, latency)
  if (isSlowed) return
  const latencyMs = () => latencies.get(socket)?.() ?? 0
  const write = socket.write.bind(socket)
  const end = socket.end.bind(socket)
  let last = Promise.resolve()
  let waiting = 0

  function later(act: () => void): void {
    const ms = latencyMs()
    waiting += 1
    const due = ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : Promise.resolve()
    last = Promise.all([last, due]).then(() => {
      waiting -= 1
      if (!socket.destroyed) act()
    })
  }

  // Both take optional arguments in the middle, which are handed on as they came.
  Object.assign(socket, {
    write(...args: Parameters<typeof write>) {
      if (waiting === 0 && latencyMs() === 0) return write(...args)
      later(() => void write(...args))
      return true
    },
    end(...args: Parameters<typeof end>) {
      if (waiting === 0) return end(...args)
      later(() => void end(...args))
      return socket
    },
  })
}
