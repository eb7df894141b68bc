import { closeCodes } from '@steadystream/core/protocol'
import { WebSocket } from 'ws'

import { monotonicMs } from '../env.ts'

import type { Duplex } from 'node:stream'
import type { CloseCode } from '@steadystream/core/protocol'
import type { Sink } from '../sink.ts'

const pingMs = 30_000
const goneMs = 60_000

/** A WebSocket as a session writes to it: in frames, straight to the socket, which are not made anew for each session. */
export class SocketSink implements Sink {
  readonly #ws: WebSocket
  readonly #socket: Duplex
  /** Whether the client knows our close codes. */
  readonly #isOurs: boolean
  #aliveAt = monotonicMs()
  #pingedAt = this.#aliveAt
  #duePong: Buffer | undefined

  constructor(ws: WebSocket, socket: Duplex, isOurs = true) {
    this.#isOurs = isOurs
    this.#ws = ws
    this.#socket = socket
  }

  write(frames: Uint8Array): boolean {
    // Nothing may follow a close frame, which the library may have sent by itself.
    return this.#ws.readyState === WebSocket.OPEN && this.#socket.write(frames)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  end(code?: CloseCode): void {
    const { code: number, reason } = closeFrame(this.#isOurs ? code : code && commonCode(code))
    this.#ws.close(number, reason)
  }

  breakOff(code: CloseCode): void {
    // A control frame may stand between the fragments of a message.
    this.end(code)
  }

  destroy(): void {
    this.#ws.terminate()
  }

  /** A ping every 30 s; gone is who has not answered one for 60 s. */
  isAlive(now: number): boolean {
    if (now - this.#aliveAt >= goneMs) return false
    if (now - this.#pingedAt >= pingMs) {
      this.#pingedAt = now
      this.#ws.ping()
    }
    return true
  }

  /** The other side answered a ping, or took bytes that a ping may have been waiting behind. */
  sawLife(): void {
    this.#aliveAt = monotonicMs()
    const data = this.#duePong
    this.#duePong = undefined
    if (data) this.pong(data)
  }

  /** Answers a ping; while the other side does not read, only the last one, which RFC 6455 (5.5.3) allows. */
  pong(data: Buffer): void {
    if (this.#socket.writableNeedDrain) this.#duePong = data
    else this.#ws.pong(data)
  }
}

/** The same in codes that everybody knows: those of RFC 6455 and its registry, and 4401 for 401. */
function commonCode({ code, reason }: CloseCode): CloseCode {
  if (code === closeCodes.shutdown.code) return { code: 1012, reason }
  if (code === closeCodes.slowConsumer.code) return { code: 1013, reason }
  if (code === closeCodes.unauthorized.code || code === closeCodes.expired.code) return { code: 4401, reason }
  return { code: 1008, reason }
}

/** What a close frame can carry: codes for applications, and a reason of 123 bytes at most. */
function closeFrame(code: CloseCode | undefined): CloseCode {
  const isKnown = code && (code.code === 1008 || code.code === 1012 || code.code === 1013)
  if (!code || !Number.isInteger(code.code) || code.code > 4999 || (code.code < 3000 && !isKnown)) {
    return { code: 1000, reason: '' }
  }
  // At most four bytes a character.
  return { code: code.code, reason: code.reason.slice(0, 30) }
}
