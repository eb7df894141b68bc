import { readQuery, readWanted } from '../channel-request.ts'
import { corsHeaders } from '../cors.ts'
import { replayKey } from '../identify.ts'
import { readAsked } from '../many-channels.ts'
import { joinChannel, openSession, startDelivery } from '../join-channel.ts'
import { chunkedSseWire } from '../transports/chunked.ts'
import { sseWire } from '../transports/sse.ts'
import { openBody } from './node-body.ts'
import { serveChannels } from './node-channels.ts'
import { servePost } from './node-post.ts'
import { serveRequest } from './node-request.ts'
import { answerEmpty, attach, beginStream, isGone } from './node-response.ts'

import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { Client } from '../client.ts'
import type { ChannelRoute } from '../channel-request.ts'
import type { Engine } from '../engine.ts'
import type { Joint } from '../join-channel.ts'
import type { Session } from '../session.ts'

/** Answers a request of node:http or Express with a channel's stream. Never rejects. */
export function serveChannel(engine: Engine, req: HttpRequest, res: HttpResponse, route: ChannelRoute): Promise<void> {
  const isFixed = route.channel !== undefined
  if (!isFixed && req.method === 'POST') {
    return servePost(engine, req, res, 'sse', (client, asked) => serveChannels(engine, client, req, res, asked, false))
  }
  return serveRequest(engine, req, res, 'sse', isFixed ? ['GET', 'HEAD'] : ['GET', 'HEAD', 'POST'], async (client) => {
    const labels = isFixed ? [] : readQuery(req).getAll('channels')
    if (labels.length > 0) {
      const asked = readAsked(req, route, labels, 'lastEventId')
      return 'code' in asked ? asked : serveChannels(engine, client, req, res, asked, true)
    }
    const wanted = await readWanted(engine, client, req, route, 'lastEventId')
    if ('code' in wanted) return wanted
    return joinChannel(
      engine,
      wanted,
      { replaysOf: replayKey(client.principal, client), isGone: () => isGone(res), caller: client.caller },
      (joint) => begin(engine, client, req, res, joint),
    )
  })
}

function begin(engine: Engine, client: Client, req: HttpRequest, res: HttpResponse, joint: Joint): Session | undefined {
  const { cors } = engine.settings
  if (joint.plan.isFinished) {
    answerEmpty(res, 204, corsHeaders(cors, req.headers.origin))
    return undefined
  }
  beginStream(req, res, cors)
  if (req.method === 'HEAD') return void res.end()
  const { wire, sink, drains } = openBody(engine, res, sseWire, chunkedSseWire)
  const session = openSession(engine, client, [joint], { wire, sink })
  attach(session, res, drains)
  startDelivery(engine, joint, session)
  return session
}
