import { tooManyOfYours } from './admission.ts'
import { authenticate, describeRequest } from './authorization.ts'
import { addressGroup } from './client-address.ts'

import type { Caller } from './callers.ts'
import type { Client } from './client.ts'
import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { HttpRequest } from './http-messages.ts'
import type { Place } from './places.ts'
import type { Principal, RealtimeRequest } from './principal.ts'
import type { TransportName } from './transports/wire.ts'

/** Finds out who is behind a request that holds a place, and whether he may hold another one. */
export async function identify(
  engine: Engine,
  req: HttpRequest,
  transport: TransportName,
  place: Place,
  caller: Caller,
): Promise<Client | Refusal> {
  const request = describeRequest(engine, req, transport)
  const known = await authenticate(engine, request)
  return 'code' in known ? known : settle(engine, request, known.principal, place, caller)
}

/** Holds the place for who was found. */
export function settle(
  { settings, control }: Engine,
  { ip }: RealtimeRequest,
  principal: Principal | undefined,
  place: Place,
  caller: Caller,
): Client | Refusal {
  const userId = (caller.userId = principal?.userId)
  const refusal = caller.refusal()
  if (refusal) return refusal
  if (!place.claim(userId)) return tooManyOfYours
  if (userId !== undefined) control.listen()
  // Where addresses are not told apart, one of them may stand for everybody.
  const knowsAddresses = settings.limits.connectionsPerIp < Number.MAX_SAFE_INTEGER
  return { principal, address: knowsAddresses && ip !== undefined ? addressGroup(ip) : undefined, place, caller }
}

/** Whom replays are counted for. */
export function replayKey(principal: Principal | undefined, { address }: Client): string | undefined {
  if (principal?.userId !== undefined) return `user:${principal.userId}`
  return address && `ip:${address}`
}
