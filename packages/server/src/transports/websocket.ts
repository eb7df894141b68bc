import { subprotocol } from '@steadystream/core/protocol'
import { WebSocketServer } from 'ws'

import { reserve } from '../admission.ts'
import { internal } from '../authorization.ts'
import { clientAddress } from '../client-address.ts'
import { badRequest, readWanted } from '../channel-request.ts'
import { identify, replayKey } from '../identify.ts'
import { joinChannel, openSession, startDelivery, unavailable } from '../join-channel.ts'
import { readObject, show } from '../option-readers.ts'
import { judgeOrigin } from '../origin.ts'
import { accept, attach, isGone, turnAway } from './accept-socket.ts'
import { openChannels } from './channels-socket.ts'
import { SocketCommands } from './socket-commands.ts'
import { envelopeFrameWire } from './text-frames.ts'
import { refuseUpgrade } from './upgrade-response.ts'
import { routeUpgrades } from './upgrade-routes.ts'

import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../callers.ts'
import type { Channel } from '../channel.ts'
import type { Client } from '../client.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { Joint } from '../join-channel.ts'
import type { Session } from '../session.ts'
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
const maxFragments = 1024

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
    // An honest client sends a message in a handful of pieces; each costs memory, however small it is.
    maxFragments,
    maxBufferedChunks: maxFragments,
    perMessageDeflate: false,
    // One at a time, see SocketSink: a flood of pings must not fill memory with answers that nobody reads.
    autoPong: false,
    handleProtocols: (offered) => offered.has(subprotocol) && subprotocol,
  })
  sockets.on('wsClientError', (_, socket, request) => {
    note(engine, malformed, { ip: clientAddress(request, engine.settings.trustProxy) })
    refuseUpgrade(socket, malformed)
  })
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
async function serveUpgrade(engine: Engine, asked: Omit<Upgrade, 'place' | 'caller'>, open: Open): Promise<void> {
  const { request, socket } = asked
  const admission = reserve(engine, request)
  const ip = clientAddress(request, engine.settings.trustProxy)
  if (admission.kind === 'refused') {
    note(engine, admission.refusal, { ip })
    return refuseUpgrade(socket, admission.refusal)
  }
  const { place } = admission
  const caller = engine.callers.expect(ip)
  const upgrade = { ...asked, place, caller }
  try {
    const refusal = judgeOriginOf(engine, request) ?? (await open(upgrade))
    if (!refusal) return
    note(engine, refusal, caller)
    const answer = turnAway(engine, upgrade, refusal)
    if (answer) refuseUpgrade(socket, answer)
  } catch (error) {
    engine.settings.logger.error({ err: error }, 'opening a WebSocket failed')
    note(engine, unavailable, caller)
    refuseUpgrade(socket, unavailable)
  } finally {
    place.settle()
    caller.settle()
  }
}

/** Has a refusal counted. */
function note({ observer }: Engine, { status, code }: Refusal, { ip, userId }: Partial<Caller>): void {
  observer.refused({ transport: 'websocket', asked: 'request', status, code, ip, userId })
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
  const client = await identify(engine, request, 'websocket', upgrade.place, upgrade.caller)
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
  if ('code' in wanted) return wanted
  return joinChannel(
    engine,
    wanted,
    { replaysOf: replayKey(client.principal, client), isGone: () => isGone(upgrade), caller: upgrade.caller },
    (joint) => begin(engine, client, upgrade, channel, joint),
  )
}

/** A function of its own: what a listener that is made here keeps is its session, and nothing of the upgrade. */
function begin(engine: Engine, client: Client, upgrade: Upgrade, channel: Channel, joint: Joint): Session | undefined {
  const accepted = accept(upgrade)
  if (!accepted) return undefined
  const session = openSession(engine, client, [joint], { wire: envelopeFrameWire, sink: accepted.sink })
  const commands = new SocketCommands(engine, session, channel, upgrade.request)
  attach(session, accepted, (data, isBinary) => commands.take(data, isBinary))
  startDelivery(engine, joint, session)
  return session
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
