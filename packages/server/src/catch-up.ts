import { advance } from './resume.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane } from './backplanes/backplane.ts'
import type { EncodedPages } from './encoded-pages.ts'
import type { Feed } from './feed.ts'
import type { ChannelExtent } from './resume.ts'
import type { Subscriber } from './subscriber.ts'

// Events in a page: small enough that a stuck client pins little, however big they are.
const pageLimit = 128
// Small events are read in longer pages, as each page is a write to the socket, and no page is longer than this.
const longPageLimit = 512
const longPageBytes = 64 * 1024
// Reads in a row that bring nothing although the feed is ahead: more than a broker's lag explains.
const maxFruitlessReads = 100

/**
 * Sends a session everything after `cursor` from history, at the pace the client reads, until it stands where the feed
 * is and can be served live. What cannot be read any more becomes a gap. `extent` is what an earlier read said.
 */
export async function catchUp(
  feed: Feed,
  session: Subscriber,
  cursor: Position,
  backplane: Pick<Backplane, 'read'>,
  pages: EncodedPages,
  extent?: ChannelExtent,
): Promise<void> {
  const { key, label } = feed
  const { wire } = session
  let at = cursor
  let known = extent
  let fruitless = 0
  let span = pageLimit
  // What had arrived at the last refusal but one: the read after that may have been under way already, the next was not.
  let since: number | undefined
  let refusedAt: number | undefined
  for (;;) {
    if (!session.isOpen) return
    if (known && known.epoch === at.epoch && at.offset >= known.top) {
      if (known.completed) return session.finish(wire.complete(at, label))
      if (feed.admit(session, at, since)) return
      since = refusedAt
      refusedAt = feed.arrivals
      if (++fruitless > maxFruitlessReads) throw new Error('the backplane delivers events that cannot be read')
    }
    // Up to where everybody's pages end, so that those who begin in different places read the same ones.
    const limit = span - (at.offset % span)
    const page = await backplane.read(key, { after: at.offset, limit })
    // What is read of other channels meanwhile goes to the same client: together it would be more than may wait.
    while (session.isOpen && session.queuedBytes > 0) await session.writable()
    if (!session.isOpen) return
    known = page
    const { gap, events, cursor: reached } = advance(at, page)
    if (gap) session.writeAll([wire.gap(gap, label)], 0, gap.to)
    if (events.length > 0) {
      const chunks = pages.encode(wire, key, label, events)
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      span = (bytes / events.length) * longPageLimit > longPageBytes ? pageLimit : longPageLimit
      session.writeAll(chunks, events.length, reached)
    }
    if (reached !== at) fruitless = 0
    at = reached
    await session.writable()
  }
}
