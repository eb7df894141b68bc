import { judge } from './authorization.ts'
import { nameChannel, parseChannel } from './channel.ts'

import type { HttpRequest } from './http-messages.ts'
import type { Channel, ChannelName } from './channel.ts'
import type { Client } from './client.ts'
import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { Start } from './resume.ts'

/** What the route knows; the query of the request says the rest. */
export interface ChannelRoute {
  /** Left out: the query names it (`?channel=name` or `?channel=type:id`), and `authorize` must be there to judge. */
  readonly channel?: Channel | undefined
  /** Where a client begins that sends no position. Left out: the query's `from`, else `now`. */
  readonly from?: 'start' | 'now' | undefined
}

/** What a request asks for, once it is known that it may. */
export interface Wanted {
  readonly name: ChannelName
  readonly start: Start
}

/**
 * Reads what a request asks for, and has `authorize` judge it. `positionIn` is the query's name for the position; the
 * header `Last-Event-ID` comes before it.
 */
export async function readWanted(
  engine: Engine,
  client: Client,
  req: HttpRequest,
  route: ChannelRoute,
  positionIn: 'lastEventId' | 'since',
): Promise<Wanted | Refusal> {
  const query = readQuery(req)
  const asked = query.get('channel')
  if (route.channel === undefined && !engine.settings.authorize) {
    return { status: 403, code: 'FORBIDDEN', message: 'channels cannot be chosen here' }
  }
  const from = route.from ?? query.get('from') ?? 'now'
  if (from !== 'start' && from !== 'now') return badRequest('from must be start or now')
  if (route.channel === undefined && asked === null) return badRequest('channel is missing')
  const channel = route.channel ?? parseChannel(asked ?? '')
  const name = readName(channel)
  if (!name) return badRequest('channel is not a valid name')
  const refusal = await judge(engine, client.principal, 'subscribe', channel, true)
  if (refusal) return refusal
  const token = req.headers['last-event-id'] ?? query.get(positionIn)
  // Joined where it was sent twice, which no position survives. An empty one is none, as the standard has it.
  return { name, start: token ? { at: 'token', token: String(token) } : { at: from } }
}

/** `undefined` where the channel is none. */
export function readName(channel: Channel): ChannelName | undefined {
  try {
    return nameChannel(channel)
  } catch {
    return undefined
  }
}

export function badRequest(message: string): Refusal {
  return { status: 400, code: 'BAD_REQUEST', message }
}

export function readQuery(req: HttpRequest): URLSearchParams {
  // Not `new URL`: it throws on targets that a client may well send.
  const url = req.url ?? ''
  const at = url.indexOf('?')
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1))
}
