import { labelOfKey } from '../channel.ts'
import { createHookCaller } from './hooks.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Logger } from '../logger.ts'
import type { Session } from '../session.ts'
import type { CloseReason } from '../session-setup.ts'
import type { TransportName } from '../transports/wire.ts'
import type { BackplaneStage, RealtimeHooks, RequestRefused, SessionOpened } from './hooks.ts'

/** Hears of everything that is counted or told to hooks. */
export interface Observer {
  readonly counts: Counts
  opened(session: Session): void
  closed(session: Session, why: CloseReason, durationMs: number): void
  refused(refusal: RequestRefused): void
  published(key: string, position: Position, bytes: number): void
  backplaneFailed(stage: BackplaneStage, key: string | undefined, error: unknown): void
}

/** Refusals that are alike in all that is counted. */
export interface RefusedCount extends Pick<RequestRefused, 'transport' | 'asked' | 'status' | 'code'> {
  readonly count: number
}

/** Since the start. Their keys are of our making, so that there are few. */
export interface Counts {
  readonly opened: ReadonlyMap<TransportName, number>
  readonly closed: ReadonlyMap<TransportName, ReadonlyMap<CloseReason, number>>
  readonly refused: ReadonlyMap<string, RefusedCount>
  readonly published: number
  readonly publishedBytes: number
  readonly backplaneErrors: ReadonlyMap<BackplaneStage, number>
}

export function createObserver(hooks: RealtimeHooks, logger: Logger): Observer {
  const call = createHookCaller(hooks, logger)
  const opened = new Map<TransportName, number>()
  const closed = new Map<TransportName, Map<CloseReason, number>>()
  const refused = new Map<string, RefusedCount>()
  const backplaneErrors = new Map<BackplaneStage, number>()
  const counts = { opened, closed, refused, published: 0, publishedBytes: 0, backplaneErrors }
  return {
    counts,
    opened(session) {
      increment(opened, session.transport)
      call('opened', describe(session))
    },
    closed(session, why, durationMs) {
      const reasons = closed.get(session.transport) ?? new Map<CloseReason, number>()
      closed.set(session.transport, reasons)
      increment(reasons, why)
      const fact = { ...describe(session), why, eventsSent: session.eventsSent, durationMs }
      if (why === 'slow consumer' || why === 'stalled') call('dropped', fact)
      call('closed', fact)
    },
    refused(refusal) {
      const { transport, asked, status, code } = refusal
      const alike = `${transport} ${asked} ${status} ${code}`
      const count = (refused.get(alike)?.count ?? 0) + 1
      refused.set(alike, { transport, asked, status, code, count })
      call('refused', refusal)
    },
    published(key, position, bytes) {
      counts.published++
      counts.publishedBytes += bytes
      // The one that is called ten thousand times a second: nothing is made for it where nobody listens.
      if (hooks.published) call('published', { channel: labelOfKey(key), position, bytes })
    },
    backplaneFailed(stage, key, error) {
      increment(backplaneErrors, stage)
      call('backplaneError', { stage, channel: key === undefined ? undefined : labelOfKey(key), error })
    },
  }
}

function describe({ id, transport, channel, userId }: Session): SessionOpened {
  return { clientId: id, transport, channel, userId }
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
