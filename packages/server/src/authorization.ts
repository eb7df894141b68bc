import { clientAddress } from './client-address.ts'
import { expiresInMs } from './client.ts'
import { unavailable } from './join-channel.ts'
import { readToken } from './principal.ts'
import { overdue, within } from './within.ts'

import type { Channel } from './channel.ts'
import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { HttpRequest } from './http-messages.ts'
import type { Action, Principal, RealtimeRequest } from './principal.ts'
import type { TransportName } from './transports/wire.ts'

/** What an `authenticate` that knows nobody is answered. */
export const unauthorized: Refusal = {
  status: 401,
  code: 'UNAUTHORIZED',
  message: 'these credentials are missing or not valid',
  headers: { 'WWW-Authenticate': 'Bearer' },
}

/** What an `authorize` that says no is answered. */
export const forbidden: Refusal = { status: 403, code: 'FORBIDDEN', message: 'this channel is not for you' }

export const internal: Refusal = { status: 500, code: 'INTERNAL', message: 'internal error' }

/** A request as `authenticate` sees it. */
export function describeRequest({ settings }: Engine, raw: HttpRequest, transport: TransportName): RealtimeRequest {
  const target = raw.url ?? ''
  // Not `new URL`: it throws on targets that a client may well send.
  const at = target.indexOf('?')
  const query = new URLSearchParams(at === -1 ? '' : target.slice(at + 1))
  return {
    headers: raw.headers,
    path: at === -1 ? target : target.slice(0, at),
    query,
    token: readToken(raw.headers, query, settings.tokenInQuery),
    ip: clientAddress(raw, settings.trustProxy),
    transport,
    raw,
  }
}

/** Whom a request is from, or why it is refused. `undefined` is nobody in particular: there is no `authenticate`. */
export async function authenticate(
  { settings }: Engine,
  request: RealtimeRequest,
): Promise<{ readonly principal: Principal | undefined } | Refusal> {
  const { authenticate: ask, limits, logger } = settings
  if (!ask) return { principal: undefined }
  try {
    const principal: unknown = await within(limits.decisionMs, ask(request))
    if (principal === overdue) {
      logger.error({}, 'authenticate took too long')
      return unavailable
    }
    // Only an object is somebody: callers in JavaScript return anything.
    if (typeof principal !== 'object' || principal === null) return unauthorized
    const found = principal as Principal // its fields are checked here
    const { userId } = found as { readonly userId?: unknown }
    if (userId !== undefined && typeof userId !== 'string') throw new TypeError('userId must be a string')
    return expiresInMs(found) === 0 ? unauthorized : { principal: found }
  } catch (error) {
    logger.error({ err: error }, 'authenticate failed')
    return internal
  }
}

/** Why this may not be done; `undefined` where it may. `isOpen` is what holds where there is no `authorize`. */
export async function judge(
  { settings }: Engine,
  principal: Principal | undefined,
  action: Action,
  channel: Channel | undefined,
  isOpen: boolean,
): Promise<Refusal | undefined> {
  const { authorize, limits, logger } = settings
  if (!authorize) return isOpen ? undefined : forbidden
  try {
    const verdict = await within(limits.decisionMs, authorize(principal, action, channel))
    if (verdict === overdue) {
      logger.error({ action }, 'authorize took too long')
      return unavailable
    }
    return verdict === true ? undefined : forbidden
  } catch (error) {
    logger.error({ err: error, action }, 'authorize failed')
    return internal
  }
}
