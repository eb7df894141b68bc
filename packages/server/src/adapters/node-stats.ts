import { authenticate, describeRequest, forbidden, judge } from '../authorization.ts'
import { clientAddress } from '../client-address.ts'
import { corsHeaders, preflightHeaders } from '../cors.ts'
import { jsonHeaders } from '../json-headers.ts'
import { readStats } from '../stats.ts'
import { answerEmpty, isGone, refuse, setHeaders } from './node-response.ts'

import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../http-messages.ts'

export interface StatsRoute {
  /** Shows them to everybody, channels and clients by name. Default false: to whom `authorize` lets, and nobody without it. */
  readonly open?: boolean | undefined
}

const allowed = 'GET, OPTIONS'

/** Answers with the stats, also while the server drains or is full: that is when they are looked at. Never rejects. */
export async function serveStats(
  engine: Engine,
  req: HttpRequest,
  res: HttpResponse,
  { open = false }: StatsRoute,
): Promise<void> {
  const { cors, trustProxy } = engine.settings
  const shared = corsHeaders(cors, req.headers.origin)
  if (req.method === 'OPTIONS') {
    return answerEmpty(res, 204, { Allow: allowed, ...shared, ...preflightHeaders(cors, allowed) })
  }
  const ip = clientAddress(req, trustProxy)
  const refusal = req.method === 'GET' ? await judgeReader(engine, req, open) : wrongMethod
  if (isGone(res)) return
  if (refusal) return refuse(engine, 'polling', req, res, refusal, { ip, userId: undefined })
  setHeaders(res, { ...jsonHeaders, ...shared })
  res.writeHead(200)
  res.end(JSON.stringify(readStats(engine)))
}

const wrongMethod: Refusal = {
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  message: 'use GET',
  headers: { Allow: allowed },
}

async function judgeReader(engine: Engine, req: HttpRequest, open: boolean): Promise<Refusal | undefined> {
  if (open) return undefined
  const known = await authenticate(engine, describeRequest(engine, req, 'polling'))
  if ('code' in known) return known
  const refusal = await judge(engine, known.principal, 'stats', undefined, false)
  return refusal === forbidden ? { ...forbidden, message: 'the stats are not for you' } : refusal
}
