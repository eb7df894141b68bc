import type { WebSocketConstructor } from '../../src/transports/websocket-attempt.ts'

/** Sockets that do what the test says, and tell whether they have been given back. */
export interface TrackedSockets {
  readonly WebSocket: WebSocketConstructor
  readonly asked: () => number
  readonly open: () => number
  /** Opens the last one, agreeing on our subprotocol. */
  accept(): void
  send(...envelopes: readonly object[]): void
  close(code: number): void
  /** Tells of an error, and of no close. */
  fail(): void
}

export function trackSockets(): TrackedSockets {
  const made: Socket[] = []
  const last = () => made.at(-1)

  class Socket extends EventTarget {
    readyState = 0
    protocol = ''
    constructor() {
      super()
      made.push(this)
    }
    tell(type: string, details: object = {}): void {
      // A browser tells a closed socket's owner nothing more.
      if (this.readyState < 2 || type === 'close') this.dispatchEvent(Object.assign(new Event(type), details))
    }
    send(): void {}
    close(): void {
      this.readyState = 3
    }
  }

  return {
    // Its listeners are those of an EventTarget, whose events may be anything.
    WebSocket: Socket as unknown as WebSocketConstructor,
    asked: () => made.length,
    open: () => made.filter(({ readyState }) => readyState < 2).length,
    accept() {
      const socket = last()
      if (socket?.readyState !== 0) throw new Error('no socket waits to be opened')
      Object.assign(socket, { readyState: 1, protocol: 'steadystream.v1' })
      socket.tell('open')
    },
    send: (...envelopes) => last()?.tell('message', { data: JSON.stringify(envelopes) }),
    close(code) {
      const socket = last()
      if (socket) socket.readyState = 3
      socket?.tell('close', { code, reason: '' })
    },
    fail: () => last()?.tell('error', { error: new Error('refused') }),
  }
}
