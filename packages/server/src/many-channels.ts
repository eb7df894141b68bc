import { judge } from './authorization.ts'
import { badRequest, readName, readQuery } from './channel-request.ts'
import { parseChannel } from './channel.ts'
import { readCursor } from './cursor.ts'
import { byPlace, readStart } from './read-command.ts'

import type { Caller } from './callers.ts'
import type { ChannelRoute } from './channel-request.ts'
import type { Channel, ChannelName } from './channel.ts'
import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { HttpRequest } from './http-messages.ts'
import type { Principal } from './principal.ts'
import type { Start } from './resume.ts'

/** One of several channels that a request asks for. */
export interface AskedChannel {
  readonly channel: Channel
  readonly name: ChannelName
  readonly start: Start
}

/** What a request for several channels gets. */
export interface Verdict {
  readonly admitted: readonly AskedChannel[]
  readonly refused: readonly { readonly name: ChannelName; readonly refusal: Refusal }[]
}

/** More than so many times the limit no honest client asks for, and each that is refused is told. */
const mostAsked = 10
const tooMany: Refusal = { status: 429, code: 'TOO_MANY_CHANNELS', message: 'too many channels for one connection' }

/** Several channels that the query names, with one token for all of them. */
export function readAsked(
  req: HttpRequest,
  route: ChannelRoute,
  labels: readonly string[],
  positionIn: 'lastEventId' | 'since',
): AskedChannel[] | Refusal {
  const query = readQuery(req)
  const token = req.headers['last-event-id'] ?? query.get(positionIn)
  return readLabels(labels, token ? String(token) : undefined, route.from ?? query.get('from') ?? 'now')
}

/** `channels=a&channels=b`, with one cursor for all of them. */
function readLabels(labels: readonly string[], token: string | undefined, from: string): AskedChannel[] | Refusal {
  if (from !== 'start' && from !== 'now') return badRequest('from must be start or now')
  // Asked for twice it is followed once, and has one place in the cursor.
  const unique = [...new Set(labels)]
  const starts = token ? readCursor(token, unique.length) : []
  return collect(unique.map((label, index) => [label, starts[index] ?? { at: from }] as const))
}

/** Of a body: a map from channels to where each begins. */
export function readChannelsBody(channels: unknown): AskedChannel[] | Refusal {
  if (typeof channels !== 'object' || channels === null || Array.isArray(channels)) {
    return badRequest('channels must be an object: by channel a position, "start", or null for from now on')
  }
  return collect(Object.entries(channels).map(([label, value]) => [label, readStart(value)] as const))
}

function collect(entries: readonly (readonly [label: string, start: Start | undefined])[]): AskedChannel[] | Refusal {
  const asked: AskedChannel[] = []
  for (const [label, start] of entries) {
    const channel = parseChannel(label)
    const name = readName(channel)
    if (!name || !start) return badRequest('channels holds what is no channel, or no place in one')
    asked.push({ channel, name, start })
  }
  return asked
}

/** What is left of a verdict, in the turn in which it is acted on. */
export function withoutTaken({ admitted, refused }: Verdict, caller: Caller): Verdict {
  const taken = admitted.flatMap((one) => {
    const refusal = caller.refusal(one.name.label)
    return refusal ? [{ one, refusal }] : []
  })
  return {
    admitted: admitted.filter((one) => !taken.some((other) => other.one === one)),
    refused: [...refused, ...taken.map(({ one, refusal }) => ({ name: one.name, refusal }))],
  }
}

/**
 * Judges each; a request of which nothing is left is refused as a whole. Those over the limit are not: where the others
 * are refused for good, they may be asked for again.
 */
export async function judgeChannels(
  engine: Engine,
  principal: Principal | undefined,
  asked: readonly AskedChannel[],
): Promise<Verdict | Refusal> {
  const { channelsPerConnection } = engine.settings.limits
  if (asked.length > mostAsked * channelsPerConnection) return tooMany
  const within = new Set(asked.toSorted(byPlace).slice(0, channelsPerConnection))
  const verdicts = await Promise.all(
    asked.map(async (one) => ({
      one,
      refusal: within.has(one) ? await judge(engine, principal, 'subscribe', one.channel, false) : tooMany,
    })),
  )
  const refused = verdicts.flatMap(({ one, refusal }) => (refusal ? [{ name: one.name, refusal }] : []))
  const [first] = refused
  if (first && refused.length === within.size && within.size === asked.length) {
    // Told what is for good, the client would stay away from those that only cannot be judged now as well.
    return (refused.find(({ refusal }) => refusal.status >= 500) ?? first).refusal
  }
  return { admitted: verdicts.filter(({ refusal }) => !refusal).map(({ one }) => one), refused }
}
