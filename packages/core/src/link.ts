import { lastRefresh, refreshOnce } from './auth.ts'
import { askUser } from './env.ts'
import { StreamError, toStreamError } from './errors.ts'
import { allowedSilenceMs, isOverdue } from './heartbeat.ts'
import { isControlEvent } from './protocol/control-events.ts'
import { setTimer } from './shared-stream.ts'
import { deliver, endLink, isHeldBack, later } from './stream.ts'

import type { Gap, ReceivedEvent } from './resume.ts'
import type { ActiveLink, SharedStream } from './shared-stream.ts'
import type { Link } from './transports/transport.ts'

/** How long a link has to last, with bytes on it, to count as healthy. */
const healthyAfterMs = 5000
/** What an overdue silence timer waits for bytes that came during sleep. */
const graceMs = 1000
/** After so long, credentials that were refreshed may have expired, though no link has proved them good. */
const rememberedMs = 60_000
/** A server may tell no longer wait or interval than this. */
const longestWaitMs = 3_600_000

/** Begins a link, with credentials that are refreshed first where they were refused. */
export function dial(stream: SharedStream): void {
  const { settings, transport } = stream
  const { timeout, refreshAuth } = settings
  const controller = new AbortController()
  const active: ActiveLink = {
    credential: '',
    abort: () => controller.abort(),
    verify: () => isHeldBack(stream) || watchSilence(stream, 0.5),
  }
  const link = createLink(stream, active, controller.signal)
  stream.link = active
  watch(stream, 'response', timeout)
  if (!stream.mustRefresh || !refreshAuth) return transport.connect(link)
  const whileOn = guardOf(active)
  const refresh = refreshOnce(refreshAuth, stream.refusedRefresh)
  // One that hangs is not waited for again.
  watch(stream, 'response', timeout, refresh.forget)
  refresh.promise.then(
    whileOn(() => {
      stream.mustRefresh = false
      stream.refusedUntil = settings.clock.wallNow() + rememberedMs
      transport.connect(link)
    }),
    whileOn((thrown: unknown) => endLink(stream, toStreamError(thrown, 'UNAUTHORIZED', 'refreshAuth failed'))),
  )
}

/** Lets through what happens while the link is not over. */
const guardOf =
  (active: ActiveLink) =>
  <Args extends unknown[]>(act: (...args: Args) => unknown) =>
  (...args: Args): void => {
    if (!active.isOver) act(...args)
  }

/** What the transport tells goes in here, and nothing of it once the link is over. */
function createLink(stream: SharedStream, active: ActiveLink, signal: AbortSignal): Link {
  const { settings, resume, transport } = stream
  const { clock, maxEventSize, from, timeout, firstByteTimeout, reconnectOnClose = !transport.isUnsafe } = settings
  const whileOn = guardOf(active)
  let hasBytes = false

  // A timer may be early by a fraction, by the clock that it is compared with.
  const checkHealth = (hasLasted = clock.now() - (active.openedAt ?? Infinity) >= healthyAfterMs) => {
    if (!hasBytes || !hasLasted || stream.machine.healthy) return
    stream.refused = undefined
    stream.choice?.healthy()
    later(stream, () => ['healthy'])
  }

  const watchStart = () => {
    if (active.openedAt === undefined) watch(stream, 'response', timeout)
    else if (!hasBytes) watch(stream, 'first byte', firstByteTimeout)
  }

  return {
    signal,
    clock,
    lastEventId: resume.token,
    fromStart: from === 'start' && !resume.lastEventId,
    maxEventSize,
    identify(credential) {
      active.credential = credential
      active.refresh = lastRefresh(settings.refreshAuth)
      if (!credential || credential !== stream.refused) return
      // The same is not forgotten.
      stream.refusedUntil = undefined
      throw new StreamError('UNAUTHORIZED', 'refreshAuth changed nothing', { retryable: false })
    },
    opened: whileOn((resumes?: boolean) => {
      active.openedAt = clock.now()
      stream.everConnected = true
      watchStart()
      setTimer(stream, 'healthy', healthyAfterMs, () => checkHealth(true))
      watchSilence(stream)
      moveOn(stream, resume.opened(resumes))
      stream.choice?.opened()
      later(stream, () => ['opened'])
    }),
    bytes: whileOn((count: number) => {
      hasBytes = true
      stream.counts.bytes += count
      stream.lastByteAt = clock.now()
      setTimer(stream, 'timeout')
      checkHealth()
      watchSilence(stream)
    }),
    comment: whileOn((comment: string) => {
      stream.commentSeen = true
      deliver(stream, { comment, cursor: resume.lastEventId })
    }),
    event: whileOn((event: ReceivedEvent) => sort(stream, event)),
    moved: whileOn((id: string) => moveOn(stream, resume.moved(id))),
    oversized: whileOn((event: ReceivedEvent) =>
      take(stream, event, new StreamError('EVENT_TOO_LARGE', 'skipped event over maxEventSize')),
    ),
    retry: whileOn((ms: number) => (stream.serverRetryMs = ms)),
    ended: whileOn(() =>
      endLink(stream, reconnectOnClose ? new StreamError('ENDED', 'the server ended the response') : undefined),
    ),
    completed: whileOn(() => {
      // A server without ids that has nothing more may have had something meanwhile.
      if (active.openedAt === undefined) moveOn(stream, resume.opened())
      endLink(stream)
    }),
    failed: whileOn((error: StreamError) => endLink(stream, error)),
    ready() {
      // Whoever told what ended it among other things waits for the hang-up: nothing more would be taken.
      if (signal.aborted || (!active.isOver && !isHeldBack(stream))) return undefined
      // Nothing is read, so nothing can be heard: silence proves nothing now.
      setTimer(stream, 'silence')
      setTimer(stream, 'timeout')
      return new Promise<void>((resolve) => (active.release = resolve)).then(() => {
        if (active.isOver) return
        watchSilence(stream)
        watchStart()
      })
    },
  }
}

function watch(stream: SharedStream, what: string, ms: number, late?: () => void): void {
  setTimer(stream, 'timeout', ms, () => {
    late?.()
    endLink(stream, new StreamError('TIMEOUT', `no ${what} within ${ms} ms`))
  })
}

/** Sets the time in which a sign of life has to come: the usual one, or a share of it; 0 is the grace after sleep. */
function watchSilence(stream: SharedStream, share = 1): void {
  const { settings, announcedMs, commentSeen } = stream
  const { clock, heartbeatInterval } = settings
  const allowedMs = share * allowedSilenceMs(heartbeatInterval, announcedMs, !!commentSeen)
  const ms = share ? allowedMs : graceMs
  const setAt = clock.now()
  const setAtWall = clock.wallNow()
  setTimer(stream, 'silence', ms, () => {
    // Either clock may have stood still while the machine slept.
    const elapsedMs = Math.max(clock.now() - setAt, clock.wallNow() - setAtWall)
    if (share && isOverdue(elapsedMs, ms)) watchSilence(stream, 0)
    else endLink(stream, new StreamError('HEARTBEAT', `no sign of life within ${Math.round(elapsedMs)} ms`))
  })
}

/** What has no more to it than a place: an ID that moved, or a gap, which commits its end and not the event behind it. */
function moveOn(stream: SharedStream, gap: Gap | undefined): void {
  deliver(stream, { gap, cursor: gap?.to ?? stream.resume.lastEventId })
}

/** Takes an event in, unless it came before; the gap before it goes ahead of it. */
function take(stream: SharedStream, received: ReceivedEvent, error?: StreamError): void {
  const { resume, counts, settings } = stream
  const gap = resume.received(received)
  if (gap === 'drop') return void counts.duplicatesDropped++
  if (gap) moveOn(stream, gap)
  const { lastEventId: cursor } = resume
  const { type, data, binary } = received
  const event = binary ? { type, data, id: cursor, binary } : { type, data, id: cursor }
  const { isComplete } = settings
  const isLast = !error && askUser(() => !!isComplete?.(event), false)
  deliver(stream, { event, isLast, error, cursor })
  if (isLast) endLink(stream)
}

/** Acts on the server's own messages; everything else is an event. */
function sort(stream: SharedStream, event: ReceivedEvent): void {
  const { resume } = stream
  const { type, data, id } = event
  const name = isControlEvent(type) && type.slice('steadystream.'.length)
  const { heartbeatInterval, from, to, code, reason, reconnect, retryMs } = name ? readMessage(data) : {}
  if (name === 'connected') {
    // Even before the first event there is a place to come back to, and to persist.
    moveOn(stream, resume.connected(id))
    const interval = bounded(heartbeatInterval)
    if (interval) stream.announcedMs = interval
  } else if (name === 'gap') {
    const end = id ?? to
    moveOn(stream, typeof end === 'string' ? resume.declared(end, from) : { kind: 'unknown' })
  } else if (name === 'complete') {
    if (id !== undefined) moveOn(stream, resume.moved(id))
    endLink(stream)
  } else if (name === 'close') {
    const retryable = reconnect !== false
    const details = { retryable, retryAfterMs: bounded(retryMs) }
    // The close frame that says so, too, comes too late for this link.
    const kind = code === 3000 && retryable && stream.settings.refreshAuth ? 'UNAUTHORIZED' : 'SERVER_CLOSE'
    endLink(stream, new StreamError(kind, `the server closed: ${String(reason)} (${String(code)})`, details))
  } else take(stream, event)
}

/** The fields of a control message, none of them trusted; none at all where it is malformed. */
function readMessage(data: string): Readonly<Record<string, unknown>> {
  try {
    // Whatever it is, each reader checks the type of the field it takes.
    return Object(JSON.parse(data)) as Record<string, unknown>
  } catch {
    return {}
  }
}

const bounded = (ms: unknown) => (typeof ms === 'number' && ms > 0 ? Math.min(ms, longestWaitMs) : undefined)
