import { closeCodes } from '@steadystream/core/protocol'

import { deadlineOf } from './client.ts'
import { monotonicMs, randomToken, wallMs } from './env.ts'
import { Places } from './places.ts'
import { Session } from './session.ts'
import { createSweep } from './sweep.ts'

import type { Client } from './client.ts'
import type { CloseReason, QueueBudget } from './session-setup.ts'
import type { Observer } from './observe/observer.ts'
import type { Sink } from './sink.ts'
import type { Settings } from './options.ts'
import type { TransportName, Wire } from './transports/wire.ts'

export interface SessionRequest {
  /** It gives its place to the session. */
  readonly client: Client
  readonly channel: string | undefined
  readonly channels?: readonly string[]
  readonly wire: Wire
  readonly sink: Sink
  /** Of who has not said yet who he is: how long he may take. */
  readonly handshakeMs?: number | undefined
  readonly onEnding?: () => void
  readonly onClosed: (session: Session) => void
}

/** Every open session of this process, with what they share: limits, the queue budget, one sweep, the counts. */
export interface SessionTable extends Iterable<Session> {
  readonly size: number
  /** Events sent since the start over one transport, to sessions open and gone. */
  eventsSent(transport: TransportName): number
  readonly queuedBytes: number
  readonly places: Places
  /** Of requests that are no connections, which are as many again. */
  readonly posts: Places
  open(request: SessionRequest): Session
  /** Resolves when the last session is gone. */
  whenEmpty(): Promise<void>
}

const idPrefixes: Record<TransportName, string> = { sse: 'sse', websocket: 'ws', polling: 'poll' }
// A polling client comes and goes with every request.
const comingAndGoing = { sse: 'info', websocket: 'info', polling: 'debug' } as const

export function createSessionTable({ limits, heartbeatMs, logger }: Settings, observer: Observer): SessionTable {
  const sessions = new Set<Session>()
  const budget: QueueBudget = { used: 0, limit: limits.totalQueuedBytes }
  const sessionLimits = { queuedBytes: limits.queuedBytes, stallMs: limits.stallMs, heartbeatMs }
  // A quarter of the interval: a keep-alive is then late by that much at most, far from the two intervals clients wait.
  const sweep = createSweep(Math.min(Math.max(Math.min(heartbeatMs, limits.stallMs) / 4, 5), 1000), visit)
  const places = new Places(limits)
  const eventsOfGone: Record<TransportName, number> = { sse: 0, websocket: 0, polling: 0 }
  const waiting: (() => void)[] = []

  function visit(): void {
    const now = monotonicMs()
    for (const session of sessions) session.sweep(now)
  }

  function forget(session: Session, why: CloseReason): void {
    sessions.delete(session)
    session.client.place.release()
    const { id, channel, transport, eventsSent, connectedAt } = session
    eventsOfGone[transport] += eventsSent
    const durationMs = wallMs() - connectedAt
    const fields = { clientId: id, channel, why, eventsSent, durationMs }
    if (why === 'slow consumer' || why === 'stalled') logger.warn({ ...fields, code: 3008 }, 'slow client cut off')
    else logger[comingAndGoing[transport]](fields, 'client disconnected')
    observer.closed(session, why, durationMs)
    if (sessions.size > 0) return
    sweep.stop()
    for (const resolve of waiting.splice(0)) resolve()
  }

  return {
    [Symbol.iterator]: () => [...sessions].values(),
    get size() {
      return sessions.size
    },
    eventsSent(transport) {
      let total = eventsOfGone[transport]
      for (const session of sessions) if (session.transport === transport) total += session.eventsSent
      return total
    },
    get queuedBytes() {
      return budget.used
    },

    places,
    posts: new Places(limits),

    open({ onClosed, handshakeMs, ...request }) {
      const session = new Session({
        id: `${idPrefixes[request.wire.transport]}_${randomToken(12)}`,
        ...request,
        ...(handshakeMs === undefined
          ? { deadline: deadlineOf(request.client.principal, limits.lifetimeMs), deadlineCode: closeCodes.expired }
          : { deadline: monotonicMs() + handshakeMs, deadlineCode: closeCodes.unauthorized }),
        connectedAt: wallMs(),
        limits: sessionLimits,
        budget,
        onClosed(gone, why) {
          forget(gone, why)
          onClosed(gone)
        },
      })
      request.client.place.keep()
      request.client.caller.settle()
      sessions.add(session)
      sweep.start()
      const { id, channel, transport } = session
      logger[comingAndGoing[transport]]({ clientId: id, channel }, 'client connected')
      observer.opened(session)
      return session
    },

    whenEmpty() {
      if (sessions.size === 0) return Promise.resolve()
      return new Promise((resolve) => {
        waiting.push(resolve)
      })
    },
  }
}
