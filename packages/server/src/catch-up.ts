import type { Position } from '@steadystream/core/protocol'
import type { Backplane, Page } from './backplanes/backplane.ts'
import type { Feed } from './feed.ts'
import type { ChannelExtent } from './resume.ts'
import type { Session } from './session.ts'

// Big enough to be worth a read, small enough that a stuck client pins little.
const pageLimit = 128
// Reads in a row that bring nothing although the feed is ahead: more than a broker's lag explains.
const maxFruitlessReads = 100

/**
 * Sends a session everything after `cursor` from history, at the pace the client reads, until it stands where the feed
 * is and can be served live. What cannot be read any more becomes a gap. `extent` is what an earlier read said.
 */
export async function catchUp(
  feed: Feed,
  session: Session,
  cursor: Position,
  backplane: Backplane,
  extent?: ChannelExtent,
): Promise<void> {
  let at = cursor
  let known = extent
  let fruitless = 0
  for (;;) {
    if (!session.isOpen) return
    if (known && known.epoch === at.epoch && at.offset >= known.top) {
      if (known.completed) return session.finish(session.wire.complete(at))
      if (feed.admit(session, at)) return
      if (++fruitless > maxFruitlessReads) throw new Error('the backplane delivers events that cannot be read')
    }
    const page = await backplane.read(feed.key, { after: at.offset, limit: pageLimit })
    if (!session.isOpen) return
    known = page
    const reached = sendPage(session, page, at)
    if (reached !== at) fruitless = 0
    at = reached
    await session.writable()
  }
}

/** Writes what a page adds to `at`, with the gap before it, and says how far that goes. */
function sendPage(session: Session, page: Page, at: Position): Position {
  const beforeOldest = { epoch: page.epoch, offset: page.oldest - 1 }
  if (page.epoch !== at.epoch || at.offset < beforeOldest.offset) {
    session.write(session.wire.gap({ from: at, to: beforeOldest }))
    // Another life: this page was read from a place of the former one. Read again from the new place.
    if (page.epoch !== at.epoch) return beforeOldest
  }
  const last = page.events.at(-1)
  if (last) session.write(session.wire.events(page.events), page.events.length)
  if (last) return { epoch: last.epoch, offset: last.offset }
  return at.offset < beforeOldest.offset ? beforeOldest : at
}
