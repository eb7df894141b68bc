import { StreamError } from './errors.ts'
import { isOverdue } from './heartbeat.ts'

import type { Attempt } from './attempt.ts'
import type { ConnectionSettings } from './options.ts'
import type { Receiver } from './receiver.ts'
import type { Resume } from './resume.ts'
import type { Link } from './transports/transport.ts'

/** How long a link has to last, with bytes on it, to count as healthy. */
const healthyAfterMs = 5000
/** What an overdue silence timer waits for bytes that came during sleep. */
const graceMs = 1000

/** What a link reports to. Its methods run within the transport's stack. */
export interface LinkHost {
  readonly settings: ConnectionSettings
  readonly resume: Resume
  readonly receiver: Receiver
  opened(): void
  healthy(): void
  /** Bytes came. */
  counted(bytes: number): void
  commented(text: string): void
  retryTold(ms: number): void
  ended(): void
  completed(): void
  failed(error: StreamError): void
  /** Milliseconds of silence that are allowed as things stand; 0: any. */
  silenceMs(): number
  /** Whether nothing more is to be read for now. */
  isHeldBack(): boolean
}

/** The stream's side of one attempt: what its transport tells goes in here, and nothing of it once the attempt is over. */
export function createLink(host: LinkHost, attempt: Attempt): Link {
  const { settings, resume, receiver } = host
  const { clock, timeout, maxEventSize, from } = settings
  const alive =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args) => {
      if (!attempt.isOver) act(...args)
    }
  const silence = createSilenceWatch(host, attempt)

  attempt.setTimer('timeout', timeout, () => {
    host.failed(new StreamError('TIMEOUT', `no response within ${timeout} ms`))
  })
  return {
    signal: attempt.signal,
    clock,
    lastEventId: resume.token,
    fromStart: from === 'start' && resume.lastEventId === '',
    maxEventSize,
    opened: alive(() => {
      attempt.clearTimer('timeout')
      attempt.markOpen()
      watchHealth(host, attempt)
      silence.restart()
      receiver.opened()
      host.opened()
    }),
    bytes: alive((count: number) => {
      attempt.clearTimer('firstByte')
      host.counted(count)
      silence.restart()
    }),
    comment: alive((text: string) => {
      host.commented(text)
      silence.restart()
    }),
    event: alive(receiver.event),
    moved: alive(receiver.moved),
    oversized: alive(receiver.oversized),
    retry: alive(host.retryTold),
    ended: alive(host.ended),
    completed: alive(host.completed),
    failed: alive(host.failed),
    async ready() {
      if (attempt.isOver || !host.isHeldBack()) return
      // Nothing is read, so nothing can be heard: silence proves nothing now.
      silence.pause()
      await attempt.hold()
      silence.restart()
    },
  }
}

function watchHealth(host: LinkHost, attempt: Attempt): void {
  const { firstByteTimeout } = host.settings
  attempt.setTimer('firstByte', firstByteTimeout, () => {
    host.failed(
      new StreamError('TIMEOUT', `no byte within ${firstByteTimeout} ms of the response headers: does a proxy buffer?`),
    )
  })
  attempt.setTimer('healthy', healthyAfterMs, host.healthy)
}

function createSilenceWatch(host: LinkHost, attempt: Attempt) {
  const { clock } = host.settings

  function wait(ms: number, isGrace: boolean): void {
    const setAt = clock.now()
    const setAtWall = clock.wallNow()
    attempt.setTimer('silence', ms, () => {
      // Either clock may have stood still while the machine slept.
      const elapsedMs = Math.max(clock.now() - setAt, clock.wallNow() - setAtWall)
      if (!isGrace && isOverdue(elapsedMs, ms)) wait(graceMs, true)
      else host.failed(new StreamError('HEARTBEAT', `nothing was heard for ${host.silenceMs()} ms`))
    })
  }

  return {
    restart: () => wait(host.silenceMs(), false),
    pause: () => attempt.clearTimer('silence'),
  }
}
