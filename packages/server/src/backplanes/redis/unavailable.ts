import { RealtimeError } from '../../errors.ts'

/** @param cause what the client library said, which may name hosts and users: it is for logs, not for clients */
export function unavailable(message: string, cause?: unknown): RealtimeError {
  return new RealtimeError('UNAVAILABLE', message, cause === undefined ? undefined : { cause })
}

export function closedError(): RealtimeError {
  return new RealtimeError('CLOSED', 'the backplane is closed')
}

/** Begins with Redis' own code where it was Redis that refused. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
