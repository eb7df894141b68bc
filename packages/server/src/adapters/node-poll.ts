import { badRequest, readQuery, readWanted } from '../channel-request.ts'
import { corsHeaders } from '../cors.ts'
import { replayKey } from '../identify.ts'
import { joinChannel, openSession, unavailable } from '../join-channel.ts'
import { jsonHeaders } from '../json-headers.ts'
import { answerPoll, pollWire } from '../transports/polling.ts'
import { serveRequest } from './node-request.ts'
import { attach, isGone, refuse, ResponseSink, setHeaders } from './node-response.ts'

import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { Client } from '../client.ts'
import type { ChannelRoute } from '../channel-request.ts'
import type { Engine } from '../engine.ts'
import type { Joint } from '../join-channel.ts'
import type { Session } from '../session.ts'
import type { Poll } from '../transports/polling.ts'

/** Answers a request of node:http or Express with what a channel has for a client, or will have. Never rejects. */
export function servePoll(engine: Engine, req: HttpRequest, res: HttpResponse, route: ChannelRoute): Promise<void> {
  return serveRequest(engine, req, res, 'polling', ['GET'], async (client) => {
    const longestMs = readWait(readQuery(req).get('wait') ?? '0')
    if (longestMs === undefined) return badRequest('wait must be a number of seconds')
    const wanted = await readWanted(engine, client, req, route, 'since')
    if ('code' in wanted) return wanted
    // Whoever does not say where he is asks where the channel is, and that is known.
    const waitMs = wanted.start.at === 'now' ? 0 : longestMs
    return joinChannel(
      engine,
      wanted,
      replayKey(client.principal, client),
      () => isGone(res),
      (joint) => hold(engine, client, req, res, joint, waitMs),
    )
  })
}

/** Seconds, as they stand in the query, in milliseconds. */
function readWait(text: string): number | undefined {
  return /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Math.min(Number(text), 30) * 1000 : undefined
}

/** The request is a session until it is answered: it has a place, can be cut, and is told when the server closes. */
function hold(
  engine: Engine,
  client: Client,
  req: HttpRequest,
  res: HttpResponse,
  joint: Joint,
  waitMs: number,
): Session {
  const { backplane, settings, isOpen } = engine
  const cors = corsHeaders(settings.cors, req.headers.origin)
  const session = openSession(engine, client, joint, {
    wire: pollWire,
    sink: new ResponseSink(res),
    onEnding: () => poll.answerNow(),
    onClosed: () => poll.stop(),
  })
  const poll: Poll = answerPoll(backplane, joint, session, waitMs, (body) => {
    setHeaders(res, { ...jsonHeaders, ...cors, 'Content-Length': String(body.length) })
    // The next request is for another process.
    if (!isOpen()) res.shouldKeepAlive = false
  })
  poll.over.catch((error: unknown) => {
    settings.logger.error({ err: error, channel: joint.feed.label }, 'reading history failed for a poll')
    if (session.isOpen) refuse(req, res, settings.cors, unavailable)
  })
  attach(session, res)
  return session
}
