import { corsHeaders, preflightHeaders } from './cors.ts'

import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'

export type Admission =
  | { readonly kind: 'preflight'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The place is to be returned when the session stands, or will not. */
  | { readonly kind: 'admitted'; readonly free: () => void }

/** Whether a request may go on to ask for a stream, judged by everything but its channel. */
export function admit(
  engine: Engine,
  method: string,
  origin: string | undefined,
  methods: readonly string[],
): Admission {
  const { cors } = engine.settings
  const allowed = [...methods, 'OPTIONS'].join(', ')
  if (method === 'OPTIONS') {
    return {
      kind: 'preflight',
      headers: { Allow: allowed, ...corsHeaders(cors, origin), ...preflightHeaders(cors, allowed) },
    }
  }
  if (!methods.includes(method)) {
    const message = `use ${methods.join(' or ')}`
    return refused({ status: 405, code: 'METHOD_NOT_ALLOWED', message, headers: { Allow: allowed } })
  }
  if (!engine.isOpen()) {
    return refused({ status: 503, code: 'UNAVAILABLE', message: 'shutting down', headers: { 'Retry-After': '1' } })
  }
  const free = engine.sessions.reserve()
  if (free) return { kind: 'admitted', free }
  const message = 'too many connections'
  return refused({ status: 503, code: 'TOO_MANY_CONNECTIONS', message, headers: { 'Retry-After': '5' } })
}

function refused(refusal: Refusal): Admission {
  return { kind: 'refused', refusal }
}
