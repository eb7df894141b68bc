import { debug } from '../debug.ts'
import { maxTimerMs } from '../env.ts'
import { StreamError } from '../errors.ts'
import { subprotocol } from '../protocol/envelope.ts'
import { createEnvelopeReader } from './envelope-reader.ts'
import { closeError } from './websocket-close.ts'
import { ReconnectingWebSocket } from './websocket-library.ts'

import type { Link, SendData } from './transport.ts'

interface SocketEnd {
  readonly code: number
  readonly reason: string
}

/** Browsers tell no error. */
interface SocketFailure {
  readonly error?: Error
}

/** The part of a browser's `WebSocket` class that is needed; that of `ws` has it, too. */
export type WebSocketConstructor = new (
  url: string,
  protocols?: string[],
) => {
  addEventListener(type: 'close', listener: (event: SocketEnd) => void): void
  addEventListener(type: 'error', listener: (event: SocketFailure) => void): void
}

/** Sends a message if the socket is open. @returns whether it was. */
export type Send = (data: SendData) => boolean

/** A runtime may tell of an error and forget the close that belongs to it. */
const graceMs = 200

/** What stands for a socket that could not be made: closed, and silent. */
const stillborn = { readyState: 3, addEventListener() {} }

/**
 * Dials one socket and tells the link what comes of it, but for `opened`, which is the caller's to tell. The library would
 * dial again, queue and wait by itself; it is let do none of that. Its own close event hides the true code, so the
 * socket's is listened to.
 */
export function dial(
  url: string,
  protocols: readonly string[],
  WebSocket: WebSocketConstructor | undefined,
  link: Link,
  opened: (send: Send, isOurs: boolean) => void,
): void {
  let cause: Error | undefined
  let cancelGrace: (() => void) | undefined
  let isOver = false

  /** Detaches and lets the socket go. */
  function hangUp(): void {
    isOver = true
    cancelGrace?.()
    socket.onopen = socket.onmessage = null
    try {
      socket.close()
    } catch {
      // Some class's own trouble, which nobody can do anything about.
    }
  }

  function closed({ code, reason }: SocketEnd): void {
    if (isOver) return
    debug('websocket', () => `closed ${code}`)
    const error = closeError(code, reason, socket.protocol === subprotocol, cause)
    hangUp()
    if (error) link.failed(error)
    else link.ended()
  }

  const Tap = tap(
    WebSocket,
    closed,
    ({ error }) => {
      // The first: closing what has failed may bring another one.
      cause ??= error
      if (!isOver) cancelGrace ??= link.clock.after(graceMs, () => closed({ code: 1006, reason: '' }))
    },
    (error) => {
      // The constructor may have aborted the link.
      if (isOver || error) hangUp()
      if (error) link.failed(error)
    },
  )
  const socket = new ReconnectingWebSocket(url, [...protocols], {
    WebSocket: Tap,
    maxRetries: 0,
    maxEnqueuedMessages: 0,
    // Both off: the link has a timeout of its own, and nothing here counts uptime.
    connectionTimeout: maxTimerMs,
    minUptime: maxTimerMs,
  })
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => {
    const isOurs = socket.protocol === subprotocol
    // First, as telling the link may abort it, and that takes this off again.
    socket.onmessage = reader(link, isOurs && !link.canSend)
    opened((data) => {
      const isOpen = !isOver && socket.readyState === 1
      // `ArrayBufferLike` is wider than what the library declares; it hands anything on.
      if (isOpen) socket.send(data as ArrayBuffer)
      return isOpen
    }, isOurs)
  }
  link.signal.addEventListener('abort', hangUp, { once: true })
}

/** What the library takes for a class: its sockets are the real ones, whose own events are heard first. */
function tap(
  WebSocket: WebSocketConstructor | undefined,
  closed: (event: SocketEnd) => void,
  erred: (event: SocketFailure) => void,
  made: (error?: StreamError) => void,
): object {
  /** Called with `new`, a function that returns an object gives that one. */
  function Tap(url: string, protocols: string[]): object {
    // Later, when the library has set its timer, which only closing clears.
    const settle = (error?: StreamError) => void Promise.resolve(error).then(made)
    try {
      // Without a class this throws, which is just right.
      const real = new WebSocket!(url, protocols)
      real.addEventListener('close', closed)
      // Stays for good: an error that nobody hears ends a Node process, and closing early causes one.
      real.addEventListener('error', erred)
      settle()
      return real
    } catch (error) {
      const why = WebSocket ? String(error) : 'pass one, such as { WebSocket } of "ws"'
      settle(new StreamError('REQUEST', `no WebSocket: ${why}`, { cause: error, retryable: false }))
      return stillborn
    }
  }
  // The library asks for this before it takes something for a class.
  Tap.CLOSING = 2
  return Tap
}

/** Reads one message at a time. A socket cannot be held back, so `ready` is not asked. */
function reader(link: Link, isOurs: boolean): (message: { readonly data: unknown }) => void {
  const readEnvelopes = createEnvelopeReader(link)
  let isFirst = true
  return ({ data }) => {
    // The binary type leaves no third kind.
    const binary = typeof data === 'string' ? undefined : (data as ArrayBuffer)
    const text = binary ? '' : (data as string)
    const size = binary?.byteLength ?? text.length
    let frame: unknown
    try {
      frame = isOurs && JSON.parse(text)
    } catch {
      debug('websocket', () => 'skipped a frame')
    }
    // Some servers agree to whatever is offered. Ours begins by saying who it is, or why it refuses.
    if (isFirst) isOurs &&= /^(connected|error|close)$/.test(Object([frame].flat()[0]).type)
    isFirst = false
    // The event in it must not be too long; the frame may carry many.
    if (isOurs) readEnvelopes(frame)
    else if (size > link.maxEventSize) link.oversized({ id: undefined, type: 'message', data: text.slice(0, 99) })
    else link.event({ id: undefined, type: 'message', data: text, binary })
    link.bytes(size)
  }
}
