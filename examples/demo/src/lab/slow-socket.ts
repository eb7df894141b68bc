import type { Socket } from 'node:net'

const slowed = new WeakSet<Socket>()

/**
 * Delays everything that is written to a socket, in its order, by what `latencyMs` says at that moment: a slow line, as
 * the one on the other end sees it.
 */
export function slowDown(socket: Socket, latencyMs: () => number): void {
  if (slowed.has(socket)) return
  slowed.add(socket)
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
