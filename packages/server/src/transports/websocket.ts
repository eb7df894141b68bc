import { closeCodes, subprotocol } from '@steadystream/core/protocol'
import { WebSocketServer } from 'ws'

import { reserve } from '../admission.ts'
import { describeRequest, forbidden, internal, unauthorized } from '../authorization.ts'
import { badRequest, readWanted } from '../channel-request.ts'
import { identify, replayKey } from '../identify.ts'
import { joinChannel, openSession, startDelivery, unavailable } from '../join-channel.ts'
import { readObject, show } from '../option-readers.ts'
import { judgeOrigin } from '../origin.ts'
import { accept, attach, isGone, turnAway } from './accept-socket.ts'
import { openChannels } from './channels-socket.ts'
import { envelopeWire } from './envelopes.ts'
import { createCommands } from './socket-commands.ts'
import { refuseUpgrade } from './upgrade-response.ts'
import { routeUpgrades } from './upgrade-routes.ts'

import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Channel } from '../channel.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { Upgrade } from './accept-socket.ts'

export interface WebSocketRoute {
  /** `/ws` is that path alone, `/ws/*` all below it. */
  readonly path: string
  /**
   * The one channel of a connection; `undefined` where there is none, which is answered 404. Left out, clients follow
   * what channels they name, and `<path>/alerts` is attached as well, which follows the channel
   * `{ type: 'alerts', userId }` of who asks.
   */
  readonly channel?: ((request: IncomingMessage, url: URL) => Channel | undefined) | undefined
  /** Where a client begins that sends no position. Left out: the query's `from`, else `now`. */
  readonly from?: 'start' | 'now' | undefined
}

type Open = (upgrade: Upgrade) => Promise<Refusal | undefined>

const maxPayload = 64 * 1024

/** @throws {TypeError} naming the option that is wrong. */
export function attachWebSocket(engine: Engine, server: EventEmitter, route: WebSocketRoute): () => void {
  const { path, channel, from } = readObject('attachWebSocket', route, ['path', 'channel', 'from'])
  if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path)) {
    throw new TypeError(`attachWebSocket.path must be a path such as "/ws", got ${show(path)}`)
  }
  if (channel !== undefined && typeof channel !== 'function') {
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
    handleProtocols: (offered) => offered.has(subprotocol) && subprotocol,
  })
  sockets.on('wsClientError', (_, socket) => refuseUpgrade(socket, malformed))
  const routeTo = (at: string, open: Open) =>
    routeUpgrades(server, at, (request, socket, head, url) => {
      const { 'sec-websocket-protocol': offered = '' } = request.headers
      const isOurs = offered.split(',').some((name) => name.trim() === subprotocol)
      void serveUpgrade(engine, { sockets, request, socket, head, url, isOurs }, open)
    })
  const { channel: one } = route
  if (one) return routeTo(path, (upgrade) => openChannel(engine, one, route.from, upgrade))
  const detach = routeTo(path, (upgrade) => openChannels(engine, route, 'all', upgrade))
  // Where the path ends in a wildcard, that one has all below it.
  if (path.endsWith('/*')) return detach
  const alerts = `${path.replace(/\/$/, '')}/alerts`
  const detachAlerts = routeTo(alerts, (upgrade) => openChannels(engine, route, 'alerts', upgrade))
  return () => {
    detach()
    detachAlerts()
  }
}

const malformed: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'this is not the opening of a WebSocket',
  headers: { 'Sec-WebSocket-Version': '13' },
}

/** Never rejects, and never leaves a socket without an answer. */
async function serveUpgrade(engine: Engine, asked: Omit<Upgrade, 'place'>, open: Open): Promise<void> {
  const { request, socket } = asked
  const admission = reserve(engine, request)
  if (admission.kind === 'refused') return refuseUpgrade(socket, admission.refusal)
  const { place } = admission
  try {
    const refusal = judgeOriginOf(engine, request) ?? (await open({ ...asked, place }))
    if (refusal) refuseUpgrade(socket, refusal)
  } catch (error) {
    engine.settings.logger.error({ err: error }, 'opening a WebSocket failed')
    refuseUpgrade(socket, unavailable)
  } finally {
    place.settle()
  }
}

/** Opens a WebSocket of one channel. */
async function openChannel(
  engine: Engine,
  nameOne: NonNullable<WebSocketRoute['channel']>,
  from: WebSocketRoute['from'],
  upgrade: Upgrade,
): Promise<Refusal | undefined> {
  const { request, url } = upgrade
  if (!upgrade.isOurs) {
    return badRequest(`offer the subprotocol ${subprotocol}: new WebSocket(url, '${subprotocol}')`)
  }
  const client = await identify(engine, request, 'websocket', upgrade.place)
  if (client === unauthorized) return turnAway(engine, upgrade, closeCodes.unauthorized)
  if ('code' in client) return client
  let channel: Channel | undefined
  try {
    channel = nameOne(request, url)
  } catch (error) {
    engine.settings.logger.error({ err: error }, 'naming the channel of a WebSocket failed')
    return internal
  }
  if (channel === undefined) return { status: 404, code: 'NOT_FOUND', message: 'there is no such channel' }
  const wanted = await readWanted(engine, client, request, { channel, from }, 'lastEventId')
  if (wanted === forbidden) return turnAway(engine, upgrade, closeCodes.forbidden)
  if ('code' in wanted) return wanted
  return joinChannel(
    engine,
    wanted,
    replayKey(client.principal, client),
    () => isGone(upgrade),
    (joint) => {
      const accepted = accept(upgrade)
      if (!accepted) return undefined
      const session = openSession(engine, client, [joint], { wire: envelopeWire, sink: accepted.sink })
      const describe = () => describeRequest(engine, request, 'websocket')
      attach(session, accepted, createCommands(engine, session, describe, channel))
      startDelivery(engine, joint, session)
      return session
    },
  )
}

/** What can be said before anybody is asked who it is. */
function judgeOriginOf({ settings }: Engine, request: IncomingMessage): Refusal | undefined {
  const { origin, host } = request.headers
  const verdict = judgeOrigin(settings.cors, origin, host)
  if (verdict === 'refused') {
    return { status: 403, code: 'FORBIDDEN', message: 'this origin may not connect; list it in cors.origins' }
  }
  // As CORS would have it: without `credentials` a page of another origin reads as anybody, not as its user.
  if (verdict === 'allowed' && !settings.cors?.credentials) delete request.headers.cookie
  return undefined
}
