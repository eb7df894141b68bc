import type { StateChange } from '@steadystream/core'
import type { SimulatedLink } from './link.ts'
import type { World } from './world.ts'

export interface RetryRules {
  readonly maxRetries: number
  readonly retryDelay: number
  readonly minRetryDelay: number
  readonly maxRetryDelay: number
  readonly jitter: number
}

/**
 * How many waits were doubled, and how many links in a row failed. Two facts that fall on the same millisecond leave a
 * doubt, and so both are ranges.
 */
export interface Counters {
  begin(): void
  reset(): void
  dialed(): void
  retry(ms: number): void
  gained(what: 'event' | 'progress'): void
  /** Whether the link may have shown that it works. */
  mayHaveProved(link: SimulatedLink): boolean
  abandon(link: SimulatedLink): void
  /** @returns what is wrong with how the loss was answered. */
  lose(link: SimulatedLink, change: StateChange): string | undefined
}

interface Range {
  readonly low: number
  readonly high: number
}

type Doubt = 'yes' | 'no' | 'maybe'

const zero: Range = { low: 0, high: 0 }
const healthyAfterMs = 5000
const roundingMs = 0.001

export function createCounters(world: World, rules: RetryRules): Counters {
  const { maxRetries, retryDelay, minRetryDelay, maxRetryDelay, jitter } = rules
  let doublings = zero
  let failures = zero
  let baseMs = retryDelay
  let hasProgressed = false
  let hasDelivered = false

  const windowMs = (exponent: number) =>
    Math.min(Math.max(baseMs, minRetryDelay) * 2 ** exponent, maxRetryDelay / (1 + jitter))

  function health({ openedAt, firstBytesAt }: SimulatedLink): Doubt {
    if (openedAt === undefined || firstBytesAt === undefined) return 'no'
    const lastedMs = world.clock.now() - openedAt
    if (lastedMs < healthyAfterMs) return 'no'
    // Who slept meanwhile may hear of its loss before the timer that would have found it healthy.
    return lastedMs > healthyAfterMs && world.awakeSince() <= openedAt ? 'yes' : 'maybe'
  }

  function forgiven(range: Range, isForgiven: Doubt): Range {
    return { low: isForgiven === 'no' ? range.low : 0, high: isForgiven === 'yes' ? 0 : range.high }
  }

  function checkWait({ retryInMs = -1, attempt }: StateChange, { floorMs, number }: SimulatedLink): string | undefined {
    const lowest = Math.max(windowMs(doublings.low), floorMs)
    const highest = Math.max(windowMs(doublings.high), floorMs) + jitter * windowMs(doublings.high)
    if (retryInMs < lowest - roundingMs || retryInMs > highest + roundingMs)
      return `after link ${number} the wait is ${retryInMs} ms, and the rules say ${lowest} to ${highest} ms`
    if (attempt < doublings.low + 1 || attempt > doublings.high + 1)
      return `after link ${number} the attempt is ${attempt}, and the rules say ${doublings.low + 1}`
    return undefined
  }

  return {
    begin() {
      doublings = failures = zero
      baseMs = retryDelay
    },
    reset: () => void (doublings = failures = zero),
    dialed: () => void (hasProgressed = hasDelivered = false),
    retry: (ms) => void (baseMs = ms),
    gained(what) {
      if (what === 'event') hasDelivered = true
      else hasProgressed = true
    },
    mayHaveProved: (link) => hasDelivered || health(link) !== 'no',
    abandon(link) {
      // Bytes that filled the buffer, for which the link was given up, may not have been counted.
      const isDoubtful = link.firstBytesAt === world.clock.now()
      const healthy = isDoubtful && health(link) === 'yes' ? 'maybe' : health(link)
      doublings = forgiven(doublings, healthy)
      failures = forgiven(failures, hasDelivered ? 'maybe' : healthy)
    },
    lose(link, change) {
      const healthy = health(link)
      failures = forgiven(failures, hasDelivered ? 'yes' : healthy)
      if (change.state === 'error')
        return failures.high < maxRetries ? `gave up after ${failures.high} failures of ${maxRetries}` : undefined
      if (failures.low >= maxRetries) return `retries after ${failures.low} failures of ${maxRetries}`
      failures = plusOne(failures)
      doublings = forgiven(doublings, healthy)
      const complaint = checkWait(change, link)
      if (!hasProgressed) {
        const more = plusOne(doublings)
        doublings = { low: healthy === 'no' ? more.low : 0, high: healthy === 'yes' ? 0 : more.high }
      }
      return complaint
    },
  }
}

function plusOne({ low, high }: Range): Range {
  return { low: low + 1, high: high + 1 }
}
