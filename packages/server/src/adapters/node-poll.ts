import { badRequest, readQuery, readWanted } from '../channel-request.ts'
import { corsHeaders } from '../cors.ts'
import { replayKey } from '../identify.ts'
import { joinChannels, openSession, unavailable } from '../join-channel.ts'
import { jsonHeaders } from '../json-headers.ts'
import { judgeChannels, readAsked } from '../many-channels.ts'
import { encode } from '../transports/envelopes.ts'
import { Poll, pollWire } from '../transports/polling.ts'
import { servePost } from './node-post.ts'
import { serveRequest } from './node-request.ts'
import { attach, isGone, refuse, ResponseSink, setHeaders } from './node-response.ts'

import type { ChannelRoute, Wanted } from '../channel-request.ts'
import type { Client } from '../client.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { Joiner, Joint } from '../join-channel.ts'
import type { AskedChannel } from '../many-channels.ts'
import type { Session } from '../session.ts'

/** One poll on its way to be answered. */
interface Asking {
  readonly engine: Engine
  readonly client: Client
  readonly req: HttpRequest
  readonly res: HttpResponse
}

/** Answers a request of node:http or Express with what channels have for a client, or will have. Never rejects. */
export function servePoll(engine: Engine, req: HttpRequest, res: HttpResponse, route: ChannelRoute): Promise<void> {
  const isFixed = route.channel !== undefined
  if (!isFixed && req.method === 'POST') {
    return servePost(engine, req, res, 'polling', (client, asked, body) => {
      const wait = 'wait' in body ? body.wait : 0
      return pollMany({ engine, client, req, res }, asked, typeof wait === 'number' ? String(wait) : '')
    })
  }
  return serveRequest(engine, req, res, 'polling', isFixed ? ['GET'] : ['GET', 'POST'], async (client) => {
    const asking = { engine, client, req, res }
    const query = readQuery(req)
    const wait = query.get('wait') ?? '0'
    const labels = isFixed ? [] : query.getAll('channels')
    if (labels.length > 0) {
      const asked = readAsked(req, route, labels, 'since')
      return 'code' in asked ? asked : pollMany(asking, asked, wait)
    }
    if (readWait(wait) === undefined) return badWait
    const wanted = await readWanted(engine, client, req, route, 'since')
    return 'code' in wanted ? wanted : poll(asking, [wanted], wait)
  })
}

const badWait = badRequest('wait must be a number of seconds')

async function pollMany(asking: Asking, asked: readonly AskedChannel[], wait: string): Promise<Refusal | undefined> {
  if (readWait(wait) === undefined) return badWait
  const verdict = await judgeChannels(asking.engine, asking.client.principal, asked)
  if ('code' in verdict) return verdict
  const { engine, client } = asking
  const told: Uint8Array[] = []
  const tell = (channel: string, { status, code, message }: Refusal) => {
    const { ip, userId } = client.caller
    engine.observer.refused({ transport: 'polling', asked: 'command', status, code, ip, userId })
    told.push(encode({ type: 'error', code, message, channel }))
  }
  for (const { name, refusal } of verdict.refused) tell(name.label, refusal)
  return poll(asking, verdict.admitted, wait, told, tell)
}

function poll(
  asking: Asking,
  wanted: readonly Wanted[],
  wait: string,
  told: readonly Uint8Array[] = [],
  onTaken?: Joiner['onTaken'],
): Promise<Refusal | undefined> {
  const { engine, client, res } = asking
  // Whoever does not say where he is asks where the channel is, and that is known.
  const waitMs = wanted.some(({ start }) => start.at === 'now') ? 0 : (readWait(wait) ?? 0)
  const replaysOf = replayKey(client.principal, client)
  return joinChannels(
    engine,
    wanted,
    { replaysOf, isGone: () => isGone(res), caller: client.caller, ...(onTaken && { onTaken }) },
    (joints) => hold(asking, joints, told, waitMs),
  )
}

/** Seconds, as they stand in the query, in milliseconds. */
function readWait(text: string): number | undefined {
  return /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Math.min(Number(text), 30) * 1000 : undefined
}

/** The request is a session until it is answered: it has a place, can be cut, and is told when the server closes. */
function hold(
  { engine, client, req, res }: Asking,
  joints: readonly Joint[],
  told: readonly Uint8Array[],
  waitMs: number,
): Session {
  const { backplane, settings, isOpen } = engine
  const cors = corsHeaders(settings.cors, req.headers.origin)
  const held = new Poll(joints, told, waitMs)
  const session = openSession(engine, client, joints, {
    wire: pollWire,
    sink: new ResponseSink(res, isOpen),
    onEnding: () => held.answerNow(),
    onClosed: () => held.stop(),
  })
  const prepare = (body: Uint8Array) => {
    setHeaders(res, { ...jsonHeaders, ...cors, 'Content-Length': String(body.length) })
    // The next request is for another process.
    if (!isOpen()) res.shouldKeepAlive = false
  }
  attach(session, res)
  held.run(backplane, session, prepare).catch((error: unknown) => {
    settings.logger.error({ err: error, channel: session.channel }, 'reading history failed for a poll')
    if (session.isOpen) refuse(engine, 'polling', req, res, unavailable, client.caller)
  })
  return session
}
