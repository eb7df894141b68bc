import { StreamError } from './errors.ts'
import { isOverdue } from './heartbeat.ts'

import type { ConnectionSettings } from './options.ts'
import type { Receiver } from './receiver.ts'
import type { Resume } from './resume.ts'
import type { Link } from './transports/transport.ts'

/** How long a link has to last, with bytes on it, to count as healthy. */
const healthyAfterMs = 5000
/** What an overdue silence timer waits for bytes that came during sleep. */
const graceMs = 1000

/** What a link reports to. */
export interface LinkHost {
  readonly settings: ConnectionSettings
  readonly resume: Resume
  readonly receiver: Receiver
  opened(): void
  healthy(): void
  bytes(count: number): void
  commentSeen(): unknown
  retry(ms: number): unknown
  ended(): void
  completed(): void
  failed(error: StreamError): void
  /** Milliseconds of silence that are allowed as things stand; 0: any. */
  silenceMs(): number
  /** Whether nothing more is to be read for now. */
  isHeldBack(): boolean
}

/** One physical link from dial to hang-up, as its stream sees it. */
export interface Attempt extends Link {
  isOpen: boolean
  /** Whether nothing of it counts any more: it was hung up, or its end has been told and is about to be handled. */
  isOver: boolean
  /** Lets a reader go that `ready` holds back. */
  release(): void
  /** Aborts the link, cancels its timers and lets a held reader go. */
  hangUp(): void
}

/** What the transport tells goes in here, and nothing of it once the attempt is over. */
export function createAttempt(host: LinkHost): Attempt {
  const { settings, resume, receiver } = host
  const { clock, timeout, firstByteTimeout, maxEventSize, from } = settings
  const controller = new AbortController()
  const timers: Record<string, (() => void) | undefined> = {}
  let release: (() => void) | undefined
  let hasBytes = false
  let hasLasted = false

  /** Replaces the timer of this name; 0 milliseconds only cancels it. */
  function setTimer(name: string, ms: number, callback?: () => void): void {
    timers[name]?.()
    timers[name] = ms && callback && !attempt.isOver ? clock.after(ms, callback) : undefined
  }
  const giveUp = (code: 'TIMEOUT' | 'HEARTBEAT', what: string, ms: number) =>
    host.failed(new StreamError(code, `no ${what} within ${ms} ms`))

  const watchFirstByte = () =>
    setTimer('timeout', firstByteTimeout, () => giveUp('TIMEOUT', 'byte after the headers', firstByteTimeout))

  function watchSilence(ms = host.silenceMs(), isGrace = false): void {
    const setAt = clock.now()
    const setAtWall = clock.wallNow()
    setTimer('silence', ms, () => {
      // Either clock may have stood still while the machine slept.
      const elapsedMs = Math.max(clock.now() - setAt, clock.wallNow() - setAtWall)
      if (!isGrace && isOverdue(elapsedMs, ms)) watchSilence(graceMs, true)
      else giveUp('HEARTBEAT', 'sign of life', host.silenceMs())
    })
  }

  const whileOn =
    <Args extends unknown[]>(act: (...args: Args) => unknown) =>
    (...args: Args) => {
      if (!attempt.isOver) act(...args)
    }

  const attempt: Attempt = {
    isOpen: false,
    isOver: false,
    signal: controller.signal,
    clock,
    lastEventId: resume.token,
    fromStart: from === 'start' && !resume.lastEventId,
    maxEventSize,
    opened: whileOn(() => {
      attempt.isOpen = true
      watchFirstByte()
      setTimer('healthy', healthyAfterMs, () => {
        hasLasted = true
        if (hasBytes) host.healthy()
      })
      watchSilence()
      receiver.opened()
      host.opened()
    }),
    bytes: whileOn((count: number) => {
      setTimer('timeout', 0)
      if (hasLasted && !hasBytes) host.healthy()
      hasBytes = true
      watchSilence()
      host.bytes(count)
    }),
    comment: whileOn((text: string) => {
      host.commentSeen()
      receiver.comment(text)
      watchSilence()
    }),
    event: whileOn(receiver.event),
    moved: whileOn(receiver.moved),
    oversized: whileOn(receiver.oversized),
    retry: whileOn(host.retry),
    ended: whileOn(host.ended),
    completed: whileOn(() => {
      // A server without ids that has nothing more may have had something meanwhile.
      if (!attempt.isOpen) receiver.opened()
      host.completed()
    }),
    failed: whileOn(host.failed),
    ready() {
      if (attempt.isOver || !host.isHeldBack()) return undefined
      // Nothing is read, so nothing can be heard: silence proves nothing now.
      setTimer('silence', 0)
      setTimer('timeout', 0)
      return new Promise<void>((resolve) => (release = resolve)).then(() => {
        watchSilence()
        if (!hasBytes) watchFirstByte()
      })
    },
    release: () => release?.(),
    hangUp() {
      attempt.isOver = true
      controller.abort()
      for (const name in timers) setTimer(name, 0)
      release?.()
    },
  }
  setTimer('timeout', timeout, () => giveUp('TIMEOUT', 'response', timeout))
  return attempt
}
