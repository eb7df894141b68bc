import { planStart } from './resume.ts'

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

export const unavailable: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'the stream cannot be opened now',
  headers: { 'Retry-After': '1' },
}

/**
 * Follows a channel for a client, and lets go of it again unless `begin` returned a session for it, or where the client
 * `isGone` meanwhile. `begin` runs in the turn in which all this is known.
 */
export async function joinChannel(
  engine: Engine,
  { name, start }: Wanted,
  isGone: () => boolean,
  begin: (joint: Joint) => Session | undefined,
): Promise<Refusal | undefined> {
  const { backplane, hub } = engine
  const feed = await hub.acquire(name)
  let session: Session | undefined
  try {
    const extent = await backplane.read(feed.key, { after: 0, limit: 0 })
    if (isGone()) return undefined
    if (!engine.isOpen()) return unavailable
    session = begin({ feed, plan: planStart(start, extent), extent })
    return undefined
  } finally {
    if (!session) hub.release(feed)
  }
}

/** Opens a session that lets go of the channel when it is over. */
export function openSession(
  { hub, sessions }: Engine,
  client: Client,
  { feed }: Joint,
  request: Pick<SessionRequest, 'wire' | 'sink' | 'onEnding'> & { readonly onClosed?: () => void },
): Session {
  return sessions.open({
    ...request,
    client,
    channel: feed.label,
    onClosed(gone) {
      feed.leave(gone)
      hub.release(feed)
      request.onClosed?.()
    },
  })
}

/** Says where delivery begins, and begins it. */
export function startDelivery({ settings }: Engine, { feed, plan, extent }: Joint, session: Session): void {
  const { recovered, gap, cursor } = plan
  const heartbeatInterval = settings.heartbeatMs
  session.write(session.wire.opening({ clientId: session.id, heartbeatInterval, recovered, gap, cursor }, feed.label))
  feed.join(session, cursor, extent)
}
