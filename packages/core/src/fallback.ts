import type { StreamError } from './errors.ts'

/** Which of a stream's transports, in the user's order, is used, and what is known of it. */
export interface Fallback {
  readonly count: number
  /** The transport to dial, or in use; 0 is the best. */
  readonly index: number
  /** Those that have ever opened, a bit each. */
  readonly opened: number
  /** Dials of this transport in a row that came to nothing. */
  readonly misses: number
  /** Transports in a row that could not be used. */
  readonly tried: number
  /** Probes in a row that found no better one, or one that did not last. */
  readonly probes: number
  /** Whether it was found by a probe and has yet to prove healthy. */
  readonly isOnTrial: boolean
}

/**
 * What follows a failure: `retry` this transport as if there were no other, dial the `next` one at once without counting
 * a failure, or, since none can be used, go round `again` after the backoff delay.
 */
export type FallbackStep = 'retry' | 'next' | 'again'

const firstProbeMs = 30_000
const lastProbeMs = 600_000
/** Dials in a row that come to nothing before a transport is left: fewer where nobody has ever seen it work. */
const missesBeforeFirstOpen = 2
const missesAfterOpen = 3

/**
 * Begins with the transport that proved healthy before, where that is remembered.
 * @param remembered its index, under the {@link fallbackKey} of these transports
 */
export const createFallback = (count: number, remembered = 0): Fallback => ({
  count,
  index: remembered < count ? remembered : 0,
  opened: 0,
  misses: 0,
  tried: 0,
  probes: 0,
  isOnTrial: false,
})

/** Transports of equal keys meet the same obstacles: proxies and servers know origins, not paths. */
export const fallbackKey = (transports: readonly { readonly name: string; readonly url: string }[]): string =>
  transports.map(({ name, url }) => `${name} ${url.split('/', 3).join('/')}`).join()

export const afterOpen = (state: Fallback): Fallback => ({
  ...state,
  opened: state.opened | (1 << state.index),
  misses: 0,
})

/** The transport works: the caller remembers its index. Being open proves nothing, as a proxy may hold the rest back. */
export const afterHealthy = (state: Fallback): Fallback => ({
  ...state,
  tried: 0,
  probes: state.isOnTrial || !state.index ? 0 : state.probes,
  isOnTrial: false,
})

/** @param wasOpen whether this link was open when it failed */
export function afterFailure(
  state: Fallback,
  { code, status, retryable }: Pick<StreamError, 'code' | 'status' | 'retryable'>,
  wasOpen: boolean,
): readonly [Fallback, FallbackStep] {
  const { count, index, opened } = state
  const hasOpened = opened & (1 << index)
  const misses = !wasOpen && /NETWORK|TIMEOUT/.test(code) ? state.misses + 1 : 0
  const isUnusable =
    /CONTENT_TYPE|NO_BODY|40[456]|415|426|501/.test(code + status) ||
    // A runtime without WebSocket; a user's function that failed may be asked again.
    (code === 'REQUEST' && !retryable) ||
    // Open and then not a byte: a proxy that buffers.
    (code === 'TIMEOUT' && (wasOpen || !hasOpened)) ||
    misses >= (hasOpened ? missesAfterOpen : missesBeforeFirstOpen)
  if (!isUnusable) return [{ ...state, misses }, 'retry']
  const tried = state.tried + 1
  const hasNext = tried < count
  const next = hasNext ? { tried, index: (index + 1) % count } : { tried: 0, index: 0 }
  return [{ ...state, ...next, misses: 0, isOnTrial: false }, hasNext ? 'next' : 'again']
}

/** The better transport to probe next, each in its turn; `undefined` while the best is in use. */
export const probeCandidate = ({ index, probes }: Fallback): number | undefined => (index ? probes % index : undefined)

/**
 * Milliseconds on a lesser transport before that probe: 30 s and up to half as much again, doubled after each round of
 * candidates, at most 10 minutes.
 * @param random from 0 up to, but not including, 1
 */
export const probeDelayMs = ({ index, probes }: Fallback, random: number): number =>
  Math.min(firstProbeMs * 2 ** Math.floor(probes / (index || 1)), lastProbeMs / 1.5) * (1 + random / 2)

/** @param found whether the candidate opened and brought bytes: it is taken over */
export function afterProbe(state: Fallback, found: boolean): Fallback {
  // Counted either way, until it proves healthy: one that opens and is cut again is probed less and less.
  const counted = { ...state, probes: state.probes + 1 }
  return found ? { ...afterOpen({ ...counted, index: probeCandidate(state) ?? 0 }), isOnTrial: true } : counted
}
