import type { CloseMessage } from '@steadystream/core/protocol'
import type { Wire } from './transports/wire.ts'

/** Where a session's bytes go; Node's `ServerResponse` is one. The adapter reports its `drain` and `close`. */
export interface Sink {
  /** Whether more may follow at once; after `false` nothing does before `drained()`. */
  write(chunk: Uint8Array): boolean
  end(): unknown
  /** Cuts the connection without a word. */
  destroy(): unknown
}

/** What the outside sees of a session. */
export interface SessionView {
  readonly id: string
  /** As shown to people; `undefined` for a request-scoped stream. */
  readonly channel: string | undefined
  /** Milliseconds since 1970. */
  readonly connectedAt: number
  readonly eventsSent: number
  /** Bytes that wait for the client to read. */
  readonly queuedBytes: number
  /** Cuts the connection at the socket, as a broken link would. */
  destroy(): void
  /** Tells the client, lets it have what it is due, then ends. */
  end(message: CloseMessage): void
}

/** Bytes that wait in all sessions together. */
export interface QueueBudget {
  used: number
  readonly limit: number
}

export interface SessionSetup {
  readonly id: string
  readonly channel: string | undefined
  readonly connectedAt: number
  readonly wire: Wire
  readonly sink: Sink
  readonly limits: { readonly queuedBytes: number; readonly stallMs: number; readonly heartbeatMs: number }
  readonly budget: QueueBudget
  /** Called when the server decides to end it, before the client has read what it is due. */
  readonly onEnding?: () => void
  /** Called once, however it ends. */
  readonly onClosed: (session: Session, why: CloseReason) => void
}

export type CloseReason = 'ended' | 'left' | 'cut' | 'slow consumer' | 'stalled' | 'failed'

// Long chunks are handed over in slices: `drain` comes per slice, which is what the stall deadline measures.
const sliceBytes = 64 * 1024
const writableNow = Promise.resolve()

/** The server's side of one connection. It acts on its sink and on nothing else; it queues references, never copies. */
export class Session implements SessionView {
  readonly #setup: SessionSetup
  readonly #queue: Uint8Array[] = []
  #queuedBytes = 0
  #eventsSent = 0
  #phase: 'open' | 'ending' | 'ended' | 'closed' = 'open'
  #blocked = false
  /** Something was written or taken since the last sweep: the sweep keeps the time, so that no write has to. */
  #active = true
  #activeAt = 0
  #waiters: (() => void)[] = []

  constructor(setup: SessionSetup) {
    this.#setup = setup
  }

  get id(): string {
    return this.#setup.id
  }

  get channel(): string | undefined {
    return this.#setup.channel
  }

  get connectedAt(): number {
    return this.#setup.connectedAt
  }

  get eventsSent(): number {
    return this.#eventsSent
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  get wire(): Wire {
    return this.#setup.wire
  }

  get isOpen(): boolean {
    return this.#phase === 'open'
  }

  /** Sends a chunk that holds `events` events, now or when its turn comes. Ignored once the session ends. */
  write(chunk: Uint8Array, events = 0): void {
    if (this.#phase !== 'open') return
    this.#eventsSent += events
    if (this.#blocked || chunk.length > sliceBytes) this.#enqueue(chunk)
    else this.#send(chunk)
  }

  /** Settles when the sink takes more, or the session is over. */
  writable(): Promise<void> {
    if (!this.#blocked || this.#phase === 'closed') return writableNow
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
    })
  }

  end(message: CloseMessage): void {
    if (this.#phase === 'open') this.#setup.onEnding?.()
    this.finish(this.wire.close(message))
  }

  /** Sends `last` behind everything that is due, then ends the connection. */
  finish(last?: Uint8Array): void {
    if (this.#phase !== 'open') return
    if (last) this.write(last)
    if (!this.isOpen) return
    this.#phase = 'ending'
    this.#pump()
  }

  destroy(why: CloseReason = 'cut'): void {
    if (this.#phase === 'closed') return
    this.#setup.sink.destroy()
    this.closed(why)
  }

  /** The sink takes bytes again. */
  drained(): void {
    if (this.#phase === 'closed') return
    this.#blocked = false
    this.#active = true
    this.#pump()
    if (!this.#blocked) this.#release()
  }

  /** The connection is gone, whoever ended it. */
  closed(why: CloseReason = this.#phase === 'ended' ? 'ended' : 'left'): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#setup.budget.used -= this.#queuedBytes
    this.#queuedBytes = 0
    this.#queue.length = 0
    this.#release()
    this.#setup.onClosed(this, why)
  }

  /** Looks after a quiet or stuck link; called at short, regular intervals. */
  sweep(now: number): void {
    if (this.#active) {
      this.#active = false
      this.#activeAt = now
      return
    }
    const { limits, sink, wire } = this.#setup
    const quietMs = now - this.#activeAt
    if (this.#blocked || this.#phase !== 'open') {
      if (quietMs >= limits.stallMs) this.destroy('stalled')
    } else if (quietMs >= limits.heartbeatMs) {
      this.#activeAt = now
      this.#blocked = !sink.write(wire.keepAlive)
    }
  }

  #send(chunk: Uint8Array): void {
    this.#active = true
    this.#blocked = !this.#setup.sink.write(chunk)
  }

  #enqueue(chunk: Uint8Array): void {
    const { limits, budget } = this.#setup
    // A single chunk of any size is let into an empty queue, else an event over the limit could never be sent.
    const overOwn = this.#queuedBytes > 0 && this.#queuedBytes + chunk.length > limits.queuedBytes
    if (overOwn || budget.used + chunk.length > budget.limit) {
      this.destroy('slow consumer')
      return
    }
    this.#queue.push(chunk)
    this.#count(chunk.length)
    this.#pump()
  }

  #pump(): void {
    while (!this.#blocked) {
      const first = this.#queue.shift()
      if (!first) break
      if (first.length > sliceBytes) this.#queue.unshift(first.subarray(sliceBytes))
      const slice = first.subarray(0, sliceBytes)
      this.#count(-slice.length)
      this.#send(slice)
    }
    if (this.#phase === 'ending' && this.#queue.length === 0) {
      this.#phase = 'ended'
      this.#setup.sink.end()
    }
  }

  #count(bytes: number): void {
    this.#queuedBytes += bytes
    this.#setup.budget.used += bytes
  }

  #release(): void {
    for (const resolve of this.#waiters.splice(0)) resolve()
  }
}
