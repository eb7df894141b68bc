import { closeCodes } from '@steadystream/core/protocol'

import { forbidden, unauthorized } from '../authorization.ts'
import { disconnected } from '../callers.ts'
import { unavailable } from '../join-channel.ts'
import { SocketSink } from './socket-sink.ts'
import { envelopeFrameWire } from './text-frames.ts'

import type { CloseCode } from '@steadystream/core/protocol'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket, WebSocketServer } from 'ws'
import type { Caller } from '../callers.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { Place } from '../places.ts'
import type { Session } from '../session.ts'

/** One upgrade on its way to be a WebSocket. */
export interface Upgrade {
  readonly sockets: WebSocketServer
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly url: URL
  /** Whether the client offers our subprotocol. */
  readonly isOurs: boolean
  readonly place: Place
  readonly caller: Caller
}

export interface Accepted {
  readonly ws: WebSocket
  readonly socket: Duplex
  readonly sink: SocketSink
}

export function isGone({ socket }: Upgrade): boolean {
  return socket.destroyed || !socket.writable
}

/** Answers the handshake, or refuses it where it is malformed, or the client is gone. */
export function accept({ sockets, request, socket, head, isOurs }: Upgrade): Accepted | undefined {
  let accepted: Accepted | undefined
  // The callback runs within the call.
  sockets.handleUpgrade(request, socket, head, (ws) => {
    accepted = { ws, socket, sink: new SocketSink(ws, socket, isOurs) }
  })
  return accepted
}

/** Refusals that our clients are told by a code that says what to do: browsers do not show the status of an upgrade. */
const codes = new Map<Refusal, CloseCode>([
  [unauthorized, closeCodes.unauthorized],
  [forbidden, closeCodes.forbidden],
  [disconnected, closeCodes.disconnected],
])

/**
 * Accepts the handshake to say why there will be no stream, where there is a code for that.
 * @returns what is to be answered in place of the handshake.
 */
export function turnAway(engine: Engine, upgrade: Upgrade, refusal: Refusal): Refusal | undefined {
  const code = upgrade.isOurs ? codes.get(refusal) : undefined
  if (!code) return refusal
  if (!engine.isOpen()) return unavailable
  const accepted = accept(upgrade)
  if (!accepted) return undefined
  const { place, caller } = upgrade
  const session = engine.sessions.open({
    client: { principal: undefined, address: undefined, place, caller },
    channel: undefined,
    wire: envelopeFrameWire,
    sink: accepted.sink,
    onClosed: () => {},
  })
  attach(session, accepted, () => {})
  session.finish(undefined, code)
  return undefined
}

/** Tells a session what becomes of its WebSocket, and `take` what comes in over it. */
export function attach(
  session: Session,
  { ws, socket, sink }: Accepted,
  take: (data: RawData, isBinary: boolean) => void,
): void {
  ws.on('message', take)
  ws.on('ping', (data) => sink.pong(data))
  ws.on('pong', () => sink.sawLife())
  ws.on('close', () => session.closed())
  // A frame that is too long or malformed, which the library answers with a close frame of its own.
  ws.on('error', () => {})
  socket.on('drain', () => {
    sink.sawLife()
    session.drained()
  })
}
