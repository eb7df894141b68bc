import type { WebSocketConstructor } from '../../src/transports/websocket-attempt.ts'

/** A socket that does only what the test says: the events of a runtime that is not as it should be. */
export interface ScriptedSocket {
  readyState: number
  readonly wasClosed: boolean
  tell(type: string, details?: object): void
}

export interface ScriptedSockets {
  readonly WebSocket: WebSocketConstructor
  readonly made: ScriptedSocket[]
}

/** @param onMake runs inside the constructor */
export function scriptSockets(onMake = () => {}): ScriptedSockets {
  const made: ScriptedSocket[] = []
  class Scripted extends EventTarget {
    readyState = 0
    protocol = 'steadystream.v1'
    wasClosed = false
    constructor() {
      super()
      made.push(this)
      onMake()
    }
    tell(type: string, details: object = {}): void {
      this.dispatchEvent(Object.assign(new Event(type), details))
    }
    /** Sends nothing, and never says that it is closed: as a dead link is. */
    close(): void {
      this.wasClosed = true
      this.readyState = 2
    }
  }
  // Its listeners are those of an EventTarget, whose events may be anything.
  return { WebSocket: Scripted as unknown as WebSocketConstructor, made }
}
