import { authenticate, describeRequest } from '../authorization.ts'
import { clientAddress } from '../client-address.ts'
import { badRequest } from '../channel-request.ts'
import { corsHeaders } from '../cors.ts'
import { settle } from '../identify.ts'
import { reserve } from '../admission.ts'
import { jsonHeaders } from '../json-headers.ts'
import { unavailable } from '../join-channel.ts'
import { readChannelsBody } from '../many-channels.ts'
import { judgeBody, readBody } from '../request-body.ts'
import { runCommands } from '../run-commands.ts'
import { isGone, refuse, setHeaders } from './node-response.ts'

import type { Caller } from '../callers.ts'
import type { Client } from '../client.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { AskedChannel } from '../many-channels.ts'
import type { Principal, RealtimeRequest } from '../principal.ts'

/** Follows channels that a body asks for. */
export type Follow = (client: Client, asked: readonly AskedChannel[], body: object) => Promise<Refusal | undefined>

/**
 * Answers a POST of JSON: one with `commands` does them, one with `channels` follows those. Only the latter is a
 * connection, which needs a place. Never rejects.
 */
export async function servePost(
  engine: Engine,
  req: HttpRequest,
  res: HttpResponse,
  transport: 'sse' | 'polling',
  follow: Follow,
): Promise<void> {
  const { logger, trustProxy } = engine.settings
  const ip = clientAddress(req, trustProxy)
  const caller = engine.callers.expect(ip)
  const turnDown = (refusal: Refusal) => refuse(engine, transport, req, res, refusal, caller)
  const place = engine.sessions.posts.reserve(ip)
  try {
    const refusal =
      !engine.isOpen() || typeof place === 'string' ? busy : await answer(engine, req, res, transport, caller, follow)
    if (refusal && !isGone(res)) turnDown(refusal)
  } catch (error) {
    logger.error({ err: error }, 'answering a POST failed')
    if (res.headersSent) res.destroy()
    else turnDown(unavailable)
  } finally {
    if (typeof place !== 'string') place.settle()
    caller.settle()
  }
}

const busy: Refusal = { ...unavailable, message: 'the server is busy, or shutting down' }

async function answer(
  engine: Engine,
  req: HttpRequest,
  res: HttpResponse,
  transport: 'sse' | 'polling',
  caller: Caller,
  follow: Follow,
): Promise<Refusal | undefined> {
  const unreadable = judgeBody(req)
  if (unreadable) return unreadable
  // Before anything is read for him.
  const request = describeRequest(engine, req, transport)
  const known = await authenticate(engine, request)
  if ('code' in known) return known
  caller.userId = known.principal?.userId
  const read = await readBody(req)
  if ('code' in read) return read
  // While a body comes in slowly, he may be disconnected.
  const revoked = caller.refusal()
  if (revoked) return revoked
  const { body } = read
  if ('commands' in body) return command(engine, req, res, request, known.principal, body)
  if (!('channels' in body)) return badRequest('the body has neither channels nor commands')
  const asked = readChannelsBody(body.channels)
  if ('code' in asked) return asked
  return connect(engine, req, request, known.principal, caller, (client) => follow(client, asked, body))
}

async function connect(
  engine: Engine,
  req: HttpRequest,
  request: RealtimeRequest,
  principal: Principal | undefined,
  caller: Caller,
  open: (client: Client) => Promise<Refusal | undefined>,
): Promise<Refusal | undefined> {
  const admission = reserve(engine, req)
  if (admission.kind === 'refused') return admission.refusal
  try {
    const client = settle(engine, request, principal, admission.place, caller)
    return 'code' in client ? client : await open(client)
  } finally {
    admission.place.settle()
  }
}

async function command(
  engine: Engine,
  req: HttpRequest,
  res: HttpResponse,
  request: RealtimeRequest,
  principal: Principal | undefined,
  body: object,
): Promise<Refusal | undefined> {
  const replies = await runCommands(engine, request, principal, body)
  if ('code' in replies) return replies
  if (isGone(res)) return undefined
  setHeaders(res, { ...jsonHeaders, ...corsHeaders(engine.settings.cors, req.headers.origin) })
  res.writeHead(200)
  res.end(JSON.stringify({ replies }))
  return undefined
}
