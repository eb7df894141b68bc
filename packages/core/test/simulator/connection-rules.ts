import { createCounters } from './retry-counters.ts'

import type { StateChange } from '@steadystream/core'
import type { SimulatedLink } from './link.ts'
import type { RetryRules } from './retry-counters.ts'
import type { World } from './world.ts'

/**
 * What the rules of reconnecting say about one connection, worked out anew from what its links brought: which dial is
 * due, and how long a wait may be.
 */
export interface ConnectionRules {
  /** A new connection, which knows nothing. */
  begin(): void
  /** The user asked for something that dials at once. Holds for this step only. */
  permitDial(): void
  /** The user started a connection again that had given up. */
  restarted(): void
  /** Its last user has closed: whatever it waited for, it dials no more. */
  ended(): void
  /** The page is back from its rest, and still offline. */
  cameBack(): void
  stepEnded(): void
  dialed(link: SimulatedLink): void
  /** A request or a handshake shows this token. */
  asked(link: SimulatedLink, token: string): void
  /** The link's credentials were refused. */
  refused(link: SimulatedLink): void
  /** The server set its reconnection time. */
  retry(ms: number): void
  /** The link brought an event, or moved the place in the channel. */
  gained(what: 'event' | 'progress'): void
  stateChanged(change: StateChange): void
}

export interface RulesHost {
  /** How many transports there are to fall back on. */
  readonly transports: number
  /** Whether the page is at rest, so that nothing may be dialled but by the user. */
  mustRest(): boolean
  /** Whether the connection has no user for now. */
  isLingering(): boolean
}

const switches = new Set(['started', 'reconnect', 'refreshing', 'fallback', 'upgrade', 'resumed'])
const rests = new Set(['offline', 'hidden', 'frozen', 'bfcache', 'full'])
const roundingMs = 0.001

export function createConnectionRules(world: World, rules: RetryRules, host: RulesHost): ConnectionRules {
  const { maxRetries, minRetryDelay, maxRetryDelay } = rules
  const counters = createCounters(world, rules)
  let link: SimulatedLink | undefined
  /** Number of the link whose end has been dealt with. */
  let judgedLink = 0
  /** What had no link is numbered from there down: two may fail at the same time. */
  let lastInvented = 0
  let lastError: unknown
  let dueAt: number | undefined
  let notBefore = 0
  let isPermitted = false
  /** A dial of this step that nothing has explained yet: the reason is told after it. */
  let unexplained: SimulatedLink | undefined
  let hasDialed = false
  /** What was told as a reason in this step. */
  let explained: string | undefined
  /** A dial was announced that credentials are being refreshed for. */
  let isAnnounced = false
  let hops = 0
  let formerKind: string | undefined
  let silent: { readonly kind: string; readonly times: number } | undefined
  let refreshedAt = -Infinity
  const tokenOf = new WeakMap<SimulatedLink, string>()
  /** What was refused, and over which transport, and has not been seen to work since. Each shows a token in its own words. */
  let refused: { readonly token: string | undefined; readonly kind: string } | undefined

  const now = () => world.clock.now()

  /** The link is over, and was no failure: what it proved counts. */
  function abandon(): void {
    if (!link || link.number === judgedLink) return
    judgedLink = link.number
    if (counters.mayHaveProved(link)) {
      forgetRefusal()
      hops = 0
    }
    counters.abandon(link)
  }

  function judgeLoss(change: StateChange): void {
    if (!link || link.number === judgedLink) return
    judgedLink = link.number
    isAnnounced = false
    hops = 0
    if (counters.mayHaveProved(link)) forgetRefusal()
    noteSilence(link, change.error?.code === 'TIMEOUT')
    const complaint = counters.lose(link, change)
    if (complaint !== undefined) world.fail(complaint)
    const { retryInMs = Infinity } = change
    dueAt = now() + retryInMs
    notBefore = now() + link.floorMs
  }

  /** A transport that opens and brings nothing is left, at the latest when all have been tried and it comes first again. */
  function noteSilence({ kind, openedAt, firstBytesAt }: SimulatedLink, isTimeout: boolean): void {
    const isSilent = isTimeout && openedAt !== undefined && firstBytesAt === undefined
    silent = isSilent ? { kind, times: (silent?.kind === kind ? silent.times : 0) + 1 } : undefined
    if (silent && silent.times > 2 && host.transports > 1)
      world.fail(`stays with ${kind}, which opens and brings nothing`)
  }

  /** A wait is cut short, never below what the server asked for. */
  function hasten(ms: number): void {
    if (ms < minRetryDelay - roundingMs || now() + ms < notBefore - roundingMs)
      world.fail(`a wait is cut short to ${ms} ms`)
    dueAt = now() + ms
  }

  /** Credentials were refreshed for a link that failed before its transport was asked. */
  function inventLink(): void {
    const { signal } = new AbortController()
    link = {
      ...(link as SimulatedLink),
      number: --lastInvented,
      openedAt: undefined,
      firstBytesAt: undefined,
      floorMs: 0,
      signal,
    }
    counters.dialed()
  }

  function explain(reason: string): void {
    // Each of a connection's users is told.
    if (explained === reason) return
    explained = reason
    if (!hasDialed) {
      abandon()
      isAnnounced = true
    }
    unexplained = undefined
    if (reason === 'fallback' && hasDialed && link?.kind === formerKind)
      world.fail(`falls back from ${formerKind} to ${formerKind}`)
    if (reason === 'fallback' && ++hops >= host.transports) world.fail(`falls back ${hops} times without a wait`)
    if (reason === 'upgrade' || reason === 'resumed' || reason === 'reconnect') hops = 0
    if (reason !== 'refreshing') return
    const at = world.clock.wallNow()
    if (at - refreshedAt < 60_000)
      world.fail('credentials are refreshed twice in a minute, and nothing came of it in between')
    refreshedAt = at
  }

  function forgetRefusal(): void {
    refreshedAt = -Infinity
    refused = undefined
  }

  function restarted(): void {
    counters.reset()
    forgetRefusal()
    hops = 0
  }

  return {
    begin() {
      counters.begin()
      link = dueAt = unexplained = undefined
      isAnnounced = false
      forgetRefusal()
      notBefore = hops = 0
    },
    permitDial: () => void (isPermitted = true),
    restarted,
    ended: () => void (dueAt = undefined),
    cameBack() {
      // It looks again after a while, and where the reason was offline before, nobody is told.
      if (link?.signal.aborted) dueAt ??= Math.max(now() + maxRetryDelay, notBefore)
    },
    stepEnded() {
      // Where nobody is there, nobody is told of the reason.
      if (unexplained && !host.isLingering())
        world.fail(`link ${unexplained.number} is dialed unasked, or before its time`)
      unexplained = explained = undefined
      isPermitted = hasDialed = false
    },
    dialed(next) {
      const isDue = dueAt !== undefined && next.dialedAt >= dueAt - roundingMs
      if (!isDue && !isPermitted && !isAnnounced) unexplained = next
      // What the user asked for goes on until it is lost: its credentials may be refreshed.
      const isReplaced = isAnnounced || (link !== undefined && link.number !== judgedLink)
      if (!isPermitted && !isReplaced && host.mustRest())
        world.fail(`link ${next.number} is dialed while the page is at rest`)
      dueAt = undefined
      abandon()
      formerKind = link?.kind
      if (silent?.kind !== next.kind) silent = undefined
      link = next
      hasDialed = true
      isPermitted = isAnnounced = false
      counters.dialed()
    },
    asked(asking, token) {
      if (asking.isProbe) return
      tokenOf.set(asking, token)
      if (token !== '' && token === refused?.token && asking.kind === refused.kind)
        world.fail(`link ${asking.number} shows ${token}, which was refused`)
    },
    refused(refusing) {
      refused = { token: tokenOf.get(refusing), kind: refusing.kind }
    },
    retry: (ms) => counters.retry(ms),
    gained(what) {
      counters.gained(what)
      if (what === 'event') forgetRefusal()
    },
    stateChanged(change) {
      const { state, previous, reason, retryInMs, error } = change
      const isNews = error !== undefined && error !== lastError
      lastError = error ?? lastError
      // Revived, which may be told as the rest that it begins with.
      if (previous === 'error') restarted()
      if (switches.has(reason) && retryInMs === undefined) explain(reason)
      if (rests.has(reason) && state !== 'connected') {
        // What a server asked for binds the wait after that link alone.
        if (isNews && link && link.number !== judgedLink) notBefore = now() + link.floorMs
        abandon()
        hops = 0
        dueAt = reason === 'offline' ? now() + maxRetryDelay : undefined
      }
      const isLoss = isNews && (retryInMs !== undefined || reason === 'max-retries')
      if (isLoss && link && link.number === judgedLink) inventLink()
      if (reason === 'max-retries') {
        if (maxRetries === Infinity) world.fail('gave up, and never should')
        judgeLoss(change)
      }
      if (reason === 'fatal' && link && isNews && !link.mayBeFatal)
        world.fail(`link ${link.number} is fatal: ${error.message}`)
      if (retryInMs === undefined) return
      if (isLoss) judgeLoss(change)
      else if (!error) hasten(retryInMs)
    },
  }
}
