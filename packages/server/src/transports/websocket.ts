import { closeCodes, subprotocol } from '@steadystream/core/protocol'
import { WebSocketServer } from 'ws'

import { reserve } from '../admission.ts'
import { forbidden, internal, unauthorized } from '../authorization.ts'
import { badRequest, readWanted } from '../channel-request.ts'
import { identify } from '../identify.ts'
import { joinChannel, openSession, startDelivery, unavailable } from '../join-channel.ts'
import { readObject, show } from '../option-readers.ts'
import { judgeOrigin } from '../origin.ts'
import { envelopeWire } from './envelopes.ts'
import { createCommands } from './socket-commands.ts'
import { SocketSink } from './socket-sink.ts'
import { refuseUpgrade } from './upgrade-response.ts'
import { routeUpgrades } from './upgrade-routes.ts'

import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { CloseCode } from '@steadystream/core/protocol'
import type { Channel } from '../channel.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { Place } from '../places.ts'
import type { Session } from '../session.ts'

export interface WebSocketRoute {
  /** `/ws` is that path alone, `/ws/*` all below it. */
  readonly path: string
  /** The one channel of a connection; `undefined` where there is none, which is answered 404. */
  readonly channel: (request: IncomingMessage, url: URL) => Channel | undefined
  /** Where a client begins that sends no position. Left out: the query's `from`, else `now`. */
  readonly from?: 'start' | 'now' | undefined
}

/** One upgrade on its way to be a WebSocket. */
interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly url: URL
}

const maxPayload = 64 * 1024

/** @throws {TypeError} naming the option that is wrong. */
export function attachWebSocket(engine: Engine, server: EventEmitter, route: WebSocketRoute): () => void {
  const { path, channel, from } = readObject('attachWebSocket', route, ['path', 'channel', 'from'])
  if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path)) {
    throw new TypeError(`attachWebSocket.path must be a path such as "/ws", got ${show(path)}`)
  }
  if (typeof channel !== 'function') {
    throw new TypeError(`attachWebSocket.channel must be a function (request, url) => channel, got ${show(channel)}`)
  }
  if (from !== undefined && from !== 'start' && from !== 'now') {
    throw new TypeError(`attachWebSocket.from must be "start" or "now", got ${show(from)}`)
  }
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload,
    perMessageDeflate: false,
    // One at a time, see SocketSink: a flood of pings must not fill memory with answers that nobody reads.
    autoPong: false,
    handleProtocols: () => subprotocol,
  })
  sockets.on('wsClientError', (_, socket) => refuseUpgrade(socket, malformed))
  return routeUpgrades(server, path, (request, socket, head, url) => {
    void serveUpgrade(engine, sockets, route, { request, socket, head, url })
  })
}

const malformed: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'this is not the opening of a WebSocket',
  headers: { 'Sec-WebSocket-Version': '13' },
}

/** Never rejects, and never leaves a socket without an answer. */
async function serveUpgrade(
  engine: Engine,
  sockets: WebSocketServer,
  route: WebSocketRoute,
  upgrade: Upgrade,
): Promise<void> {
  const admission = reserve(engine, upgrade.request)
  if (admission.kind === 'refused') return refuseUpgrade(upgrade.socket, admission.refusal)
  try {
    const refusal = await open(engine, sockets, route, upgrade, admission.place)
    if (refusal) refuseUpgrade(upgrade.socket, refusal)
  } catch (error) {
    engine.settings.logger.error({ err: error }, 'opening a WebSocket failed')
    refuseUpgrade(upgrade.socket, unavailable)
  } finally {
    admission.place.settle()
  }
}

async function open(
  engine: Engine,
  sockets: WebSocketServer,
  route: WebSocketRoute,
  upgrade: Upgrade,
  place: Place,
): Promise<Refusal | undefined> {
  const { request, socket } = upgrade
  const refusal = judgeHandshake(engine, request)
  if (refusal) return refusal
  const client = await identify(engine, request, 'websocket', place)
  // Browsers do not show the status of a refused handshake; a close code they do.
  if (client === unauthorized) return turnAway(engine, sockets, upgrade, place, closeCodes.unauthorized)
  if ('code' in client) return client
  let channel: Channel | undefined
  try {
    channel = route.channel(request, upgrade.url)
  } catch (error) {
    engine.settings.logger.error({ err: error }, 'naming the channel of a WebSocket failed')
    return internal
  }
  if (channel === undefined) return { status: 404, code: 'NOT_FOUND', message: 'there is no such channel' }
  const wanted = await readWanted(engine, client, request, { channel, from: route.from }, 'lastEventId')
  if (wanted === forbidden) return turnAway(engine, sockets, upgrade, place, closeCodes.forbidden)
  if ('code' in wanted) return wanted
  return joinChannel(
    engine,
    wanted,
    () => socket.destroyed || !socket.writable,
    (joint) => {
      const accepted = accept(sockets, upgrade)
      if (!accepted) return undefined
      const session = openSession(engine, client, joint, { wire: envelopeWire, sink: accepted.sink })
      attach(session, accepted)
      startDelivery(engine, joint, session)
      return session
    },
  )
}

/** What can be said before anybody is asked for the channel. */
function judgeHandshake({ settings }: Engine, request: IncomingMessage): Refusal | undefined {
  const { origin, host, 'sec-websocket-protocol': offered = '' } = request.headers
  const verdict = judgeOrigin(settings.cors, origin, host)
  if (verdict === 'refused') {
    return { status: 403, code: 'FORBIDDEN', message: 'this origin may not connect; list it in cors.origins' }
  }
  // As CORS would have it: without `credentials` a page of another origin reads as anybody, not as its user.
  if (verdict === 'allowed' && !settings.cors?.credentials) delete request.headers.cookie
  if (!offered.split(',').some((name) => name.trim() === subprotocol)) {
    return badRequest(`offer the subprotocol ${subprotocol}: new WebSocket(url, '${subprotocol}')`)
  }
  return undefined
}

interface Accepted {
  readonly ws: WebSocket
  readonly socket: Duplex
  readonly sink: SocketSink
}

/** Answers the handshake, or refuses it where it is malformed, or the client is gone. */
function accept(sockets: WebSocketServer, { request, socket, head }: Upgrade): Accepted | undefined {
  let accepted: Accepted | undefined
  // The callback runs within the call.
  sockets.handleUpgrade(request, socket, head, (ws) => {
    accepted = { ws, socket, sink: new SocketSink(ws, socket) }
  })
  return accepted
}

/** Accepts the handshake to say why there will be no stream, with a code that tells the client what to do. */
function turnAway(
  engine: Engine,
  sockets: WebSocketServer,
  upgrade: Upgrade,
  place: Place,
  code: CloseCode,
): Refusal | undefined {
  if (!engine.isOpen()) return unavailable
  const accepted = accept(sockets, upgrade)
  if (!accepted) return undefined
  const session = engine.sessions.open({
    client: { principal: undefined, replayKey: undefined, place },
    channel: undefined,
    wire: envelopeWire,
    sink: accepted.sink,
    onClosed: () => {},
  })
  attach(session, accepted)
  session.finish(undefined, code)
  return undefined
}

/** Tells a session what becomes of its WebSocket, and what comes in over it. */
function attach(session: Session, { ws, socket, sink }: Accepted): void {
  ws.on('message', createCommands(session))
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
