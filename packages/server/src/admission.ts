import { clientAddress } from './client-address.ts'
import { corsHeaders, preflightHeaders } from './cors.ts'

import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { HttpRequest } from './http-messages.ts'
import type { Place } from './places.ts'

export type Admission =
  | { readonly kind: 'preflight'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The place is to be settled when the session stands, or will not. */
  | { readonly kind: 'admitted'; readonly place: Place }

const shuttingDown: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'shutting down',
  headers: { 'Retry-After': '1' },
}

const tooMany: Refusal = {
  status: 503,
  code: 'TOO_MANY_CONNECTIONS',
  message: 'too many connections',
  headers: { 'Retry-After': '5' },
}

/** A limit of his own is reached, which says nothing about the server. */
export const tooManyOfYours: Refusal = { ...tooMany, status: 429, message: 'too many connections of yours' }

/** Whether a request may go on to say who it is and what it wants. */
export function admit(engine: Engine, req: HttpRequest, methods: readonly string[]): Admission {
  const { cors } = engine.settings
  const { method = 'GET' } = req
  const allowed = [...methods, 'OPTIONS'].join(', ')
  if (method === 'OPTIONS') {
    return {
      kind: 'preflight',
      headers: { Allow: allowed, ...corsHeaders(cors, req.headers.origin), ...preflightHeaders(cors, allowed) },
    }
  }
  if (!methods.includes(method)) {
    const message = `use ${methods.join(' or ')}`
    return refused({ status: 405, code: 'METHOD_NOT_ALLOWED', message, headers: { Allow: allowed } })
  }
  return reserve(engine, req)
}

/** As {@link admit}, for what has no method to judge. */
export function reserve(
  { settings, sessions, isOpen }: Engine,
  req: HttpRequest,
): Exclude<Admission, { kind: 'preflight' }> {
  if (!isOpen()) return refused(shuttingDown)
  const place = sessions.places.reserve(clientAddress(req, settings.trustProxy))
  if (place === 'connections') return refused(tooMany)
  return place === 'connectionsPerIp' ? refused(tooManyOfYours) : { kind: 'admitted', place }
}

function refused(refusal: Refusal): { readonly kind: 'refused'; readonly refusal: Refusal } {
  return { kind: 'refused', refusal }
}
