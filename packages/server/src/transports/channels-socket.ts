import { authenticate, describeRequest, forbidden, unauthorized } from '../authorization.ts'
import { expiresInMs } from '../client.ts'
import { CommandDesk } from '../command-desk.ts'
import { settle } from '../identify.ts'
import { unavailable } from '../join-channel.ts'
import { accept, attach, isGone } from './accept-socket.ts'
import { parseFrame } from './socket-commands.ts'
import { envelopeFrameWire, plainFrameWire } from './text-frames.ts'

import type { Caller } from '../callers.ts'
import type { Channel } from '../channel.ts'
import type { Client } from '../client.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { Principal, RealtimeRequest } from '../principal.ts'
import type { Session } from '../session.ts'
import type { NamedBy } from '../subscriptions.ts'
import type { Upgrade } from './accept-socket.ts'
import type { WebSocketRoute } from './websocket.ts'

/** What a connection follows without having to ask. */
interface First {
  readonly channel: Channel
  readonly namedBy: NamedBy
}

/** Which of the two paths was asked for: that of everything, or that of a user's alerts. */
export type Entrance = 'all' | 'alerts'

/** Opens a WebSocket over which a client follows the channels that it names, in either format. */
export async function openChannels(
  engine: Engine,
  route: WebSocketRoute,
  entrance: Entrance,
  upgrade: Upgrade,
): Promise<Refusal | undefined> {
  const request = describeRequest(engine, upgrade.request, 'websocket')
  const known = await authenticate(engine, request)
  // Whoever shows nothing yet may do so in a message; what was shown and is not valid will not become so.
  const maySayLater = upgrade.isOurs && request.token === undefined && request.headers.cookie === undefined
  if ('code' in known && !(known === unauthorized && maySayLater)) return known
  const principal = 'code' in known ? undefined : known.principal
  const isKnown = !('code' in known)
  if (entrance === 'alerts' && isKnown && principal?.userId === undefined) return forbidden
  if (isGone(upgrade)) return undefined
  if (!engine.isOpen()) return unavailable
  const client = settle(engine, request, principal, upgrade.place, upgrade.caller)
  if ('code' in client) return client
  converse(engine, route, entrance, upgrade, request, client, isKnown)
  return undefined
}

function converse(
  engine: Engine,
  route: WebSocketRoute,
  entrance: Entrance,
  upgrade: Upgrade,
  request: RealtimeRequest,
  client: Client,
  isKnown: boolean,
): void {
  const accepted = accept(upgrade)
  if (!accepted) return
  const wire = upgrade.isOurs ? envelopeFrameWire : plainFrameWire
  const { handshakeMs } = engine.settings.limits
  const session: Session = engine.sessions.open({
    client,
    channel: undefined,
    wire,
    sink: accepted.sink,
    ...(!isKnown && { handshakeMs }),
    onClosed() {
      desk.subscriptions.clear()
      engine.desks.remove(desk)
    },
  })

  function begin(principal: Principal | undefined): void {
    const heartbeatInterval = engine.settings.heartbeatMs
    session.write(wire.connected({ clientId: session.id, heartbeatInterval, expiresIn: expiresInMs(principal) }))
    const from = route.from ?? (request.query.get('from') === 'start' ? 'start' : 'now')
    for (const { channel, namedBy } of firstChannels(entrance, request, principal)) {
      void desk.subscriptions.subscribe(channel, { at: from }, namedBy).then((refusal) => {
        if (refusal) desk.tellRefused(refusal)
      })
    }
  }

  const desk = new CommandDesk(engine, session, wire, request, isKnown ? undefined : enter)

  /** Somebody has said who he is. */
  function enter(principal: Principal, caller: Caller): Refusal | (() => void) {
    const settled = settle(engine, request, principal, client.place, caller)
    if ('code' in settled) return settled
    if (entrance === 'alerts' && principal.userId === undefined) return forbidden
    return () => begin(principal)
  }

  attach(session, accepted, (data, isBinary) => {
    if (!session.isOpen) return
    void desk.perform(isBinary ? undefined : parseFrame(data)).then((reply) => {
      if (reply) desk.tell(reply)
    })
  })
  engine.desks.add(desk)
  if (isKnown) begin(client.principal)
}

function firstChannels(entrance: Entrance, { query }: RealtimeRequest, principal: Principal | undefined): First[] {
  const userId = principal?.userId
  if (entrance === 'alerts')
    return userId === undefined ? [] : [{ channel: { type: 'alerts', userId }, namedBy: 'server' }]
  const id = query.get('jobId')
  if (id === null) return []
  return ['job_progress', 'video_render'].map((type) => ({ channel: { type, id }, namedBy: 'client' }))
}
