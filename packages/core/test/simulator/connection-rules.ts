import type { StateChange } from '@steadystream/core'
import type { Block } from './blocks.ts'
import type { ChannelLog } from './channel-log.ts'
import type { SimulatedLink } from './link.ts'
import type { World } from './world.ts'

export interface RetryRules {
  readonly maxRetries: number
  readonly retryDelay: number
  readonly minRetryDelay: number
  readonly maxRetryDelay: number
  readonly jitter: number
}

/** Where a connection is in its channel, by what its client has read. */
export interface Cursor {
  readonly id: string
  /** Number of the last event read that was new; 0 before the first. */
  readonly number: number
}

/**
 * What the rules of reconnecting say about one connection, worked out anew from what the network saw. Two facts that
 * fall on the same millisecond leave a doubt, and so counters are ranges.
 */
export interface ConnectionRules {
  /** A new connection, which knows nothing but `lastEventId`. */
  begin(lastEventId: string): void
  /** The user asked for something that dials at once. Holds for this step only. */
  permitDial(): void
  /** The user started a connection again that had given up. */
  restarted(): void
  /** Its last user has closed: whatever it waited for, it dials no more. */
  ended(): void
  stepEnded(): void
  dialed(link: SimulatedLink): void
  opened(): void
  received(link: SimulatedLink, block: Block): void
  stateChanged(change: StateChange): void
  readonly cursor: Cursor
  readonly accepted: number
  readonly duplicates: number
  /** Links opened since `begin`. */
  readonly opens: number
}

const healthyAfterMs = 5000

interface Range {
  readonly low: number
  readonly high: number
}

const zero: Range = { low: 0, high: 0 }

export function createConnectionRules(world: World, log: ChannelLog, rules: RetryRules): ConnectionRules {
  const { maxRetries, retryDelay, minRetryDelay, maxRetryDelay, jitter } = rules
  let doublings = zero
  let failures = zero
  let baseMs = retryDelay
  let cursor: Cursor = { id: '', number: 0 }
  let known = new Set<string>()
  let link: SimulatedLink | undefined
  let hasProgressed = false
  let hasDelivered = false
  let judgedLink = 0
  let dueAt: number | undefined
  let notBefore = 0
  let isPermitted = false
  const counts = { accepted: 0, duplicates: 0, opens: 0 }

  const windowMs = (exponent: number) =>
    Math.min(Math.max(baseMs, minRetryDelay) * 2 ** exponent, maxRetryDelay / (1 + jitter))

  /** 0, 1, or in between where it cannot be told. */
  function health(): 'yes' | 'no' | 'maybe' {
    if (!link || link.openedAt === undefined || link.bytesRead === 0) return 'no'
    const lastedMs = world.clock.now() - link.openedAt
    return lastedMs > healthyAfterMs ? 'yes' : lastedMs < healthyAfterMs ? 'no' : 'maybe'
  }

  function forgiven(range: Range, isForgiven: 'yes' | 'no' | 'maybe'): Range {
    return { low: isForgiven === 'no' ? range.low : 0, high: isForgiven === 'yes' ? 0 : range.high }
  }

  function judgeLoss(change: StateChange): void {
    if (!link || link.number === judgedLink) return
    judgedLink = link.number
    const healthy = health()
    failures = forgiven(failures, hasDelivered ? 'yes' : healthy)
    if (change.state === 'error') {
      if (failures.high < maxRetries) world.fail(`gave up after ${failures.high} failures of ${maxRetries}`)
      return
    }
    if (failures.low >= maxRetries) world.fail(`retries after ${failures.low} failures of ${maxRetries}`)
    failures = plusOne(failures)
    doublings = forgiven(doublings, healthy)
    checkWait(change, link)
    if (!hasProgressed) {
      const more = plusOne(doublings)
      doublings = { low: healthy === 'no' ? more.low : 0, high: healthy === 'yes' ? 0 : more.high }
    }
  }

  /** The user left the link for another: it was no failure, and what it proved counts. */
  function abandon(): void {
    doublings = forgiven(doublings, health())
    failures = forgiven(failures, hasDelivered ? 'maybe' : health())
  }

  function checkWait({ retryInMs = -1, attempt }: StateChange, { floorMs, number }: SimulatedLink): void {
    const lowest = Math.max(windowMs(doublings.low), floorMs)
    const highest = Math.max(windowMs(doublings.high), floorMs) + jitter * windowMs(doublings.high)
    if (retryInMs < lowest - 0.001 || retryInMs > highest + 0.001) {
      world.fail(`after link ${number} the wait is ${retryInMs} ms, and the rules say ${lowest} to ${highest} ms`)
    }
    if (attempt < doublings.low + 1 || attempt > doublings.high + 1) {
      world.fail(`after link ${number} the attempt is ${attempt}, and the rules say ${doublings.low + 1}`)
    }
    dueAt = world.clock.now() + retryInMs
    notBefore = world.clock.now() + floorMs
  }

  /** After sleep a wait is cut short, never below what the server asked for. */
  function hasten(ms: number): void {
    if (ms < minRetryDelay - 0.001 || world.clock.now() + ms < notBefore - 0.001)
      world.fail(`a wait is cut short to ${ms} ms`)
    dueAt = world.clock.now() + ms
  }

  /** Whether the client has not had this event before, as far as a client can know. */
  function isNew({ entry, id }: Block): boolean {
    if (!entry) return false
    if (id === undefined) return true
    return isTrusted() ? entry.number > cursor.number : !known.has(id)
  }

  // Only a server that greets has positions, and it greets on each link first.
  let greetedLink = 0
  const isTrusted = () => greetedLink === link?.number

  function moveTo(id: string): void {
    if (id !== cursor.id) hasProgressed = true
    cursor = { id, number: isTrusted() ? (log.countAt(id) ?? 0) : cursor.number }
  }

  const restarted = () => void (doublings = failures = zero)

  return {
    get cursor() {
      return cursor
    },
    get accepted() {
      return counts.accepted
    },
    get duplicates() {
      return counts.duplicates
    },
    get opens() {
      return counts.opens
    },
    begin(lastEventId) {
      doublings = failures = zero
      baseMs = retryDelay
      cursor = { id: lastEventId, number: log.byId(lastEventId)?.number ?? log.countAt(lastEventId) ?? 0 }
      known = new Set()
      link = dueAt = undefined
      counts.accepted = counts.duplicates = counts.opens = 0
    },
    permitDial: () => void (isPermitted = true),
    restarted,
    ended: () => void (dueAt = undefined),
    stepEnded: () => void (isPermitted = false),
    dialed(next) {
      const isDue = dueAt !== undefined && next.dialedAt >= dueAt - 0.001
      if (!isDue && !isPermitted) {
        world.fail(`link ${next.number} is dialed ${dueAt === undefined ? 'unasked' : `before its time, ${dueAt} ms`}`)
      }
      if (link && link.number !== judgedLink) abandon()
      link = next
      dueAt = undefined
      isPermitted = hasProgressed = hasDelivered = false
    },
    opened: () => void counts.opens++,
    received(from, block) {
      if (from !== link) return
      if (block.retryMs !== undefined && block.kind === 'retry') baseMs = block.retryMs
      if (block.kind === 'close') from.floorMs = block.retryMs ?? 0
      if (block.kind === 'connected') greetedLink = from.number
      if (block.kind === 'event' && block.entry) {
        if (!isNew(block)) return void counts.duplicates++
        counts.accepted++
        hasDelivered = true
        if (block.id !== undefined) known.add(block.id)
        if (block.id !== undefined && block.id !== cursor.id) hasProgressed = true
        cursor = { id: block.id ?? '', number: block.entry.number }
      } else if (block.id !== undefined) moveTo(block.id)
    },
    stateChanged(change) {
      const { state, previous, reason, retryInMs } = change
      if (reason === 'max-retries') judgeLoss(change)
      if (retryInMs === undefined) return
      if (reason === 'revived') restarted()
      if (link && link.number === judgedLink && (state === previous || reason === 'revived')) hasten(retryInMs)
      else judgeLoss(change)
    },
  }
}

function plusOne({ low, high }: Range): Range {
  return { low: low + 1, high: high + 1 }
}
