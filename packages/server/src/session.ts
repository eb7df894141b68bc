import { closeCodes } from '@steadystream/core/protocol'

import type { CloseCode, CloseMessage } from '@steadystream/core/protocol'
import type { Client } from './client.ts'
import type { Principal } from './principal.ts'
import type { CloseReason, SessionSetup } from './session-setup.ts'
import type { SessionView } from './session-view.ts'
import type { TransportName, Wire } from './transports/wire.ts'

// Long chunks are handed over in slices: `drain` comes per slice, which is what the stall deadline measures.
const sliceBytes = 64 * 1024
const writableNow = Promise.resolve()

/** The server's side of one connection. It acts on its sink and on nothing else; it queues references, never copies. */
export class Session implements SessionView {
  readonly #setup: SessionSetup
  readonly #queue: Uint8Array[] = []
  #queuedBytes = 0
  /** What waits of a page that was let into the empty queue although it is over the limit; it goes first. */
  #largeBytes = 0
  #eventsSent = 0
  #phase: 'open' | 'ending' | 'ended' | 'closed' = 'open'
  /** What the connection ends with. */
  #code: CloseCode | undefined
  #isSlow = false
  #blocked = false
  /** Something was written or taken since the last sweep: the sweep keeps the time, so that no write has to. */
  #active = true
  #activeAt = 0
  #waiters: (() => void)[] = []
  #principal: Principal | undefined
  #deadline: number
  #deadlineCode: CloseCode

  constructor(setup: SessionSetup) {
    this.#setup = setup
    this.#principal = setup.client.principal
    this.#deadline = setup.deadline
    this.#deadlineCode = setup.deadlineCode
  }

  get id(): string {
    return this.#setup.id
  }

  get channel(): string | undefined {
    return this.#setup.channel
  }

  /** Whether this is what it is there for; what may be left alone is a subscription. */
  follows(channel: string): boolean {
    return this.#setup.channel === channel || this.#setup.channels?.includes(channel) === true
  }

  get transport(): TransportName {
    return this.wire.transport
  }

  get client(): Client {
    return this.#setup.client
  }

  get principal(): Principal | undefined {
    return this.#principal
  }

  get userId(): string | undefined {
    return this.#principal?.userId
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

  write(chunk: Uint8Array, events = 0): void {
    this.writeAll([chunk], events)
  }

  /** Sends chunks that hold `events` events, now or when their turn comes. Ignored once the session ends. */
  writeAll(chunks: readonly Uint8Array[], events: number): void {
    if (this.#phase !== 'open') return
    this.#eventsSent += events
    const [first] = chunks
    if (first && chunks.length === 1 && !this.#blocked && first.length <= sliceBytes) this.#send(first, false)
    else this.#enqueue(chunks)
  }

  /** What is written from here until `release` leaves together, where the transport can do that. */
  hold(): void {
    this.#setup.sink.cork?.()
  }

  release(): void {
    this.#setup.sink.uncork?.()
  }

  /** Settles when the sink takes more, or the session is over. */
  writable(): Promise<void> {
    if (!this.#blocked || this.#phase === 'closed' || this.#isSlow) return writableNow
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
    })
  }

  /** Has new credentials, and lives until another time. */
  renew(principal: Principal, deadline: number): void {
    this.#principal = principal
    this.#deadline = deadline
    this.#deadlineCode = closeCodes.expired
  }

  end(message: CloseMessage): void {
    if (this.#phase === 'open') this.#setup.onEnding?.()
    this.finish(this.wire.close(message), message)
  }

  /** Sends `last` behind everything that is due, then ends the connection with `code`. */
  finish(last?: Uint8Array, code?: CloseCode): void {
    if (this.#phase !== 'open') return
    if (last) this.write(last)
    if (!this.isOpen) return
    this.#phase = 'ending'
    this.#code = code
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
    this.#forgetQueue()
    this.#release()
    this.#setup.onClosed(this, this.#isSlow ? 'slow consumer' : why)
  }

  /** Looks after a quiet or stuck link; called at short, regular intervals. */
  sweep(now: number): void {
    const { limits, sink, wire } = this.#setup
    if (sink.isAlive?.(now) === false) return this.destroy('gone')
    if (now >= this.#deadline) this.end({ ...this.#deadlineCode, reconnect: true })
    if (this.#active) {
      this.#active = false
      this.#activeAt = now
      return
    }
    const quietMs = now - this.#activeAt
    if (this.#blocked || this.#phase !== 'open') {
      if (quietMs >= limits.stallMs) this.destroy('stalled')
    } else if (wire.keepAlive && quietMs >= limits.heartbeatMs) {
      this.#activeAt = now
      this.#blocked = !sink.write(wire.keepAlive, false)
    }
  }

  #send(chunk: Uint8Array, more: boolean): void {
    this.#active = true
    this.#blocked = !this.#setup.sink.write(chunk, more)
  }

  #enqueue(chunks: readonly Uint8Array[]): void {
    const { limits, budget } = this.#setup
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    // Whatever is written at once is let into an empty queue, else an event over the limit could never be sent.
    const isFirst = this.#queuedBytes === 0
    const overOwn = !isFirst && this.#queuedBytes - this.#largeBytes + bytes > limits.queuedBytes
    if (overOwn || budget.used + bytes > budget.limit) return this.#breakOff()
    if (isFirst && bytes > limits.queuedBytes) this.#largeBytes = bytes
    for (const chunk of chunks) this.#queue.push(chunk)
    this.#count(bytes)
    this.#pump()
  }

  /** The client is too slow. It comes back and gets from history what is dropped here. */
  #breakOff(): void {
    const { sink, onEnding } = this.#setup
    if (!sink.breakOff) return this.destroy('slow consumer')
    this.#isSlow = true
    this.#phase = 'ended'
    // The stall deadline runs anew, for a client that does not take the reason, either.
    this.#active = true
    this.#forgetQueue()
    this.#release()
    onEnding?.()
    sink.breakOff(closeCodes.slowConsumer)
  }

  #forgetQueue(): void {
    this.#count(-this.#queuedBytes)
    this.#largeBytes = 0
    this.#queue.length = 0
  }

  #pump(): void {
    while (!this.#blocked) {
      const first = this.#queue.shift()
      if (!first) break
      const more = first.length > sliceBytes
      if (more) this.#queue.unshift(first.subarray(sliceBytes))
      const slice = more ? first.subarray(0, sliceBytes) : first
      this.#count(-slice.length)
      this.#largeBytes = Math.max(0, this.#largeBytes - slice.length)
      this.#send(slice, more)
    }
    if (this.#phase === 'ending' && this.#queue.length === 0) {
      this.#phase = 'ended'
      this.#setup.sink.end(this.#code)
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
