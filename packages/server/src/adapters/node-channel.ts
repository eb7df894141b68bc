import { admit } from '../admission.ts'
import { nameChannel, parseChannel } from '../channel.ts'
import { corsHeaders } from '../cors.ts'
import { planStart } from '../resume.ts'
import { sseWire } from '../transports/sse.ts'
import { answerEmpty, attach, beginStream, isGone, refuse } from './node-response.ts'

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Channel, ChannelName } from '../channel.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { Feed } from '../feed.ts'
import type { ChannelExtent, Plan, Start } from '../resume.ts'

/** What the route knows; the query of the request says the rest. */
export interface ChannelRoute {
  /** Left out: the query names it (`?channel=name` or `?channel=type:id`), and `authorize` must be there to judge. */
  readonly channel?: Channel | undefined
  /** Where a client begins that sends no position. Left out: the query's `from`, else `now`. */
  readonly from?: 'start' | 'now' | undefined
}

interface Wanted {
  readonly name: ChannelName
  readonly start: Start
}

const methods = ['GET', 'HEAD']

/** Answers a request of node:http or Express with a channel's stream. Never rejects. */
export async function serveChannel(
  engine: Engine,
  req: IncomingMessage,
  res: ServerResponse,
  route: ChannelRoute,
): Promise<void> {
  const { cors, logger } = engine.settings
  const admission = admit(engine, req.method ?? 'GET', req.headers.origin, methods)
  if (admission.kind === 'preflight') return answerEmpty(res, 204, admission.headers)
  if (admission.kind === 'refused') return refuse(req, res, cors, admission.refusal)
  try {
    const wanted = await readRequest(engine, req, route)
    if ('code' in wanted) return refuse(req, res, cors, wanted)
    await openChannel(engine, req, res, wanted)
  } catch (error) {
    logger.error({ err: error }, 'opening a stream failed')
    if (res.headersSent) res.destroy()
    else refuse(req, res, cors, unavailable)
  } finally {
    admission.free()
  }
}

const unavailable: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'the stream cannot be opened now',
  headers: { 'Retry-After': '1' },
}

async function readRequest(engine: Engine, req: IncomingMessage, route: ChannelRoute): Promise<Wanted | Refusal> {
  const { authorize, logger } = engine.settings
  const query = readQuery(req)
  const asked = query.get('channel')
  if (route.channel === undefined && !authorize) {
    return { status: 403, code: 'FORBIDDEN', message: 'channels cannot be chosen here' }
  }
  const from = route.from ?? query.get('from') ?? 'now'
  if (from !== 'start' && from !== 'now') return badRequest('from must be start or now')
  if (route.channel === undefined && asked === null) return badRequest('channel is missing')
  const channel = route.channel ?? parseChannel(asked ?? '')
  let name: ChannelName
  try {
    name = nameChannel(channel)
  } catch {
    return badRequest('channel is not a valid name')
  }
  try {
    if (authorize && (await authorize(req, channel)) !== true) return forbidden
  } catch (error) {
    logger.error({ err: error, channel: name.label }, 'authorize failed')
    return { status: 500, code: 'INTERNAL', message: 'internal error' }
  }
  const token = req.headers['last-event-id'] ?? query.get('lastEventId')
  // Joined where it was sent twice, which no position survives. An empty one is none, as the standard has it.
  return { name, start: token ? { at: 'token', token: String(token) } : { at: from } }
}

const forbidden: Refusal = { status: 403, code: 'FORBIDDEN', message: 'this channel is not for you' }

function badRequest(message: string): Refusal {
  return { status: 400, code: 'BAD_REQUEST', message }
}

function readQuery(req: IncomingMessage): URLSearchParams {
  // Not `new URL`: it throws on targets that a client may well send.
  const url = req.url ?? ''
  const at = url.indexOf('?')
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1))
}

async function openChannel(engine: Engine, req: IncomingMessage, res: ServerResponse, wanted: Wanted): Promise<void> {
  const { backplane, hub, settings } = engine
  const feed = await hub.acquire(wanted.name)
  let held = false
  try {
    const extent = await backplane.read(feed.key, { after: 0, limit: 0 })
    const plan = planStart(wanted.start, extent)
    if (isGone(res)) return
    if (!engine.isOpen()) return refuse(req, res, settings.cors, unavailable)
    if (plan.kind === 'finished') return answerEmpty(res, 204, corsHeaders(settings.cors, req.headers.origin))
    beginStream(req, res, settings.cors)
    if (req.method === 'HEAD') return void res.end()
    held = true
    startSession(engine, res, feed, plan, extent)
  } finally {
    if (!held) hub.release(feed)
  }
}

function startSession(
  { hub, sessions, settings }: Engine,
  res: ServerResponse,
  feed: Feed,
  plan: Extract<Plan, { kind: 'stream' }>,
  extent: ChannelExtent,
): void {
  const session = sessions.open({
    channel: feed.label,
    wire: sseWire,
    sink: res,
    onClosed(gone) {
      feed.leave(gone)
      hub.release(feed)
    },
  })
  attach(session, res)
  const { recovered, gap, cursor } = plan
  const message = {
    clientId: session.id,
    heartbeatInterval: settings.heartbeatMs,
    ...(recovered !== undefined && { recovered }),
  }
  session.write(sseWire.connected(message, gap ? undefined : cursor))
  if (gap) session.write(sseWire.gap(gap))
  feed.join(session, cursor, extent)
}
