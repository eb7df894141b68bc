import { expiresInMs } from './client.ts'
import { planStart } from './resume.ts'

import type { Caller } from './callers.ts'
import type { Client } from './client.ts'
import type { Wanted } from './channel-request.ts'
import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { Feed } from './feed.ts'
import type { ChannelExtent, Plan } from './resume.ts'
import type { Session } from './session.ts'
import type { SessionRequest } from './session-table.ts'

/** A channel that is followed from here on, and where its client begins. */
export interface Joint {
  readonly feed: Feed
  readonly plan: Plan
  readonly extent: ChannelExtent
}

/** Who wants to follow channels. */
export interface Joiner {
  /** Whom a replay is counted for. */
  readonly replaysOf: string | undefined
  isGone(): boolean
  /** Left out where a session stands, which things are taken from itself. */
  readonly caller?: Caller
  /** Hears of a channel that was taken meanwhile, and is left out. Without it that is the answer to the whole. */
  readonly onTaken?: (label: string, refusal: Refusal) => void
}

export const unavailable: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'the stream cannot be opened now',
  headers: { 'Retry-After': '1' },
}

/** The process follows as many as it may. */
const tooManyChannels: Refusal = {
  status: 503,
  code: 'TOO_MANY_CHANNELS',
  message: 'too many channels are followed',
  headers: { 'Retry-After': '5' },
}

const tooManyReplays: Refusal = {
  status: 429,
  code: 'RATE_LIMITED',
  message: 'history was replayed too often',
  headers: { 'Retry-After': '10' },
}

/**
 * Follows channels for a client, and lets go of them again unless `begin` returned who holds them now, or where the
 * client `isGone` meanwhile. `begin` runs in the turn in which all this is known.
 */
export async function joinChannels(
  engine: Engine,
  wanted: readonly Wanted[],
  { replaysOf, isGone, caller, onTaken }: Joiner,
  begin: (joints: readonly Joint[]) => object | undefined,
): Promise<Refusal | undefined> {
  const { backplane, hub, replays } = engine
  const feeds: Feed[] = []
  const held = new Set<Feed>()
  try {
    const joints: Joint[] = []
    for (const { name, start } of wanted) {
      const feed = await hub.acquire(name)
      if (!feed) return tooManyChannels
      feeds.push(feed)
      const extent = await backplane.read(feed.key, { after: 0, limit: 0 })
      joints.push({ feed, plan: planStart(start, extent), extent })
    }
    if (!replays.admits(replaysOf, joints)) return tooManyReplays
    if (isGone()) return undefined
    if (!engine.isOpen()) return unavailable
    const revoked = caller?.refusal()
    if (revoked) return revoked
    const left: Joint[] = []
    for (const joint of joints) {
      const { label } = joint.feed
      const refusal = caller?.refusal(label)
      if (!refusal) left.push(joint)
      else if (onTaken) onTaken(label, refusal)
      else return refusal
    }
    if (begin(left)) for (const { feed } of left) held.add(feed)
    return undefined
  } finally {
    for (const feed of feeds) if (!held.has(feed)) hub.release(feed)
  }
}

/** As {@link joinChannels}, for one. */
export function joinChannel(
  engine: Engine,
  wanted: Wanted,
  joiner: Joiner,
  begin: (joint: Joint) => object | undefined,
): Promise<Refusal | undefined> {
  return joinChannels(engine, [wanted], joiner, ([joint]) => joint && begin(joint))
}

/** Opens a session that lets go of its channels when it is over. */
export function openSession(
  { hub, sessions }: Engine,
  client: Client,
  joints: readonly Joint[],
  { onClosed, ...request }: Pick<SessionRequest, 'wire' | 'sink' | 'onEnding'> & { readonly onClosed?: () => void },
): Session {
  // Not the joints, which know what history looked like.
  const feeds = joints.map(({ feed }) => feed)
  return sessions.open({
    ...request,
    client,
    // More than one has no name.
    channel: feeds.length === 1 ? feeds[0]?.label : undefined,
    ...(feeds.length > 1 && { channels: feeds.map(({ label }) => label) }),
    onClosed(gone) {
      for (const feed of feeds) {
        feed.leave(gone)
        hub.release(feed)
      }
      onClosed?.()
    },
  })
}

/** Says where delivery begins, and begins it. */
export function startDelivery({ settings }: Engine, { feed, plan, extent }: Joint, session: Session): void {
  const { recovered, gap, cursor } = plan
  const heartbeatInterval = settings.heartbeatMs
  const expiresIn = expiresInMs(session.principal)
  const opening = { clientId: session.id, heartbeatInterval, expiresIn, recovered, gap, cursor }
  session.write(session.wire.opening(opening, feed.label))
  feed.join(session, cursor, extent)
}
