/** Why a server ended a session, as a number that tells whether the client is to come back. */
export interface CloseCode {
  readonly code: number
  readonly reason: string
}

/** Every code that a Steadystream server sends. 3000-3499 and 4000-4499 come back, 3500-3999 and 4500-4999 do not. */
export const closeCodes = {
  unauthorized: { code: 3000, reason: 'unauthorized' },
  shutdown: { code: 3001, reason: 'shutdown' },
  expired: { code: 3005, reason: 'expired' },
  slowConsumer: { code: 3008, reason: 'slow consumer' },
  disconnected: { code: 3500, reason: 'disconnected' },
  badRequest: { code: 3501, reason: 'bad request' },
  forbidden: { code: 3503, reason: 'forbidden' },
  tooManyErrors: { code: 3509, reason: 'too many errors' },
} as const satisfies Record<string, CloseCode>

/** Whether a client of `steadystream.v1` dials again after this code. Other numbers are left to the transport. */
export function reconnectsAfter(code: number): boolean {
  return (code >= 3000 && code < 3500) || (code >= 4000 && code < 4500)
}
