import { CommandDesk } from '../command-desk.ts'
import { corsHeaders } from '../cors.ts'
import { CursorKeeper } from '../cursor-keeper.ts'
import { describeRequest, forbidden } from '../authorization.ts'
import { expiresInMs } from '../client.ts'
import { judgeChannels, withoutTaken } from '../many-channels.ts'
import { planStart } from '../resume.ts'
import { randomToken } from '../env.ts'
import { unavailable } from '../join-channel.ts'
import { channelsSseWire } from '../transports/channels-sse.ts'
import { chunkedChannelsWire } from '../transports/chunked.ts'
import { openBody } from './node-body.ts'
import { answerEmpty, attach, beginStream, isGone } from './node-response.ts'

import type { Client } from '../client.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { AskedChannel, Verdict } from '../many-channels.ts'
import type { Session } from '../session.ts'

// 128 bits: it cannot be guessed, and whoever has it still has to be the same user.
const secretBytes = 16

/**
 * Streams several channels in answer to a request. `cursor`: the client is a native `EventSource`, which keeps one token
 * for all of them.
 */
export async function serveChannels(
  engine: Engine,
  client: Client,
  req: HttpRequest,
  res: HttpResponse,
  asked: readonly AskedChannel[],
  cursor: boolean,
): Promise<Refusal | undefined> {
  const verdict = await judgeChannels(engine, client.principal, asked)
  if ('code' in verdict) return verdict
  const { cors } = engine.settings
  const isFinished = cursor && (await hasEverything(engine, verdict))
  if (isGone(res)) return undefined
  if (!engine.isOpen()) return unavailable
  const taken = client.caller.refusal()
  if (taken) return taken
  if (isFinished) {
    answerEmpty(res, 204, corsHeaders(cors, req.headers.origin))
    return undefined
  }
  beginStream(req, res, cors)
  if (req.method === 'HEAD') res.end()
  else converse(engine, client, req, res, asked, withoutTaken(verdict, client.caller), cursor)
  return undefined
}

/** Whether the client stands at the end of each channel that it may read, now or later, and none of them goes on. */
async function hasEverything({ backplane }: Engine, { admitted, refused }: Verdict): Promise<boolean> {
  if (admitted.length === 0 || refused.some(({ refusal }) => refusal !== forbidden)) return false
  for (const { name, start } of admitted) {
    if (start.at !== 'token') return false
    const extent = await backplane.read(name.key, { after: 0, limit: 0 })
    if (!planStart(start, extent).isFinished) return false
  }
  return true
}

function converse(
  engine: Engine,
  client: Client,
  req: HttpRequest,
  res: HttpResponse,
  asked: readonly AskedChannel[],
  { admitted, refused }: Verdict,
  hasCursor: boolean,
): void {
  const secret = randomToken(secretBytes)
  const { wire, sink, drains } = openBody(engine, res, channelsSseWire, chunkedChannelsWire)
  const session: Session = engine.sessions.open({
    client,
    channel: undefined,
    wire,
    sink,
    onEnding: () => keeper?.tell(),
    onClosed() {
      desk.subscriptions.clear()
      engine.desks.remove(desk, secret)
      if (keeper) engine.cursors.remove(keeper)
    },
  })
  const desk = new CommandDesk(engine, session, wire, describeRequest(engine, req, 'sse'))
  const starts = asked.map(({ start }) => start)
  const keeper = hasCursor ? new CursorKeeper(session, wire, starts) : undefined
  engine.desks.add(desk, secret)
  attach(session, res, drains)
  const heartbeatInterval = engine.settings.heartbeatMs
  const expiresIn = expiresInMs(client.principal)
  session.write(wire.connected({ clientId: session.id, heartbeatInterval, expiresIn, session: secret }))
  for (const { name, refusal } of refused) {
    desk.tellRefused(refusal, name.label)
  }
  const joined = admitted.map(async (one) => {
    const { channel, name, start } = one
    const refusal = await desk.subscriptions.subscribe(channel, start, 'judged', (subscription) =>
      keeper?.watch(asked.indexOf(one), subscription),
    )
    if (refusal) desk.tellRefused(refusal, name.label)
  })
  // The first cursor says where all of them stand: without one, whoever comes back would begin anew, and not know it.
  if (keeper) void Promise.all(joined).then(() => session.isOpen && engine.cursors.add(keeper))
}
