import { createEnhancedSSEStream } from '@steadystream/core'
import { newLabId } from '../lab/lab-api.ts'
import { lineOf } from '../link/event-line.ts'
import type { ConnectionState, Stream } from '@steadystream/core'
import type { EventLine } from '../link/event-line.ts'
import type { Manner } from '../../lab/rough-server.ts'

/** The four options that a stream of the source systems took. */
export interface VisitConfig {
  readonly maxRetries: number
  readonly retryDelay: number
  readonly timeout: number
  readonly heartbeatInterval: number
}

export interface VisitView {
  readonly visitId: string
  readonly state: ConnectionState
  /** Every state it has been in, in order. */
  readonly path: readonly ConnectionState[]
  readonly came: readonly number[]
  /** Events that could not be read, and were skipped. */
  readonly skipped: number
  readonly attempts: number
  /** Of the last failure. */
  readonly errorCode: string | undefined
  readonly isOver: boolean
  /** The latest first. */
  readonly lines: readonly EventLine[]
}

/** A stream of the rough server, and what came of it. */
export interface Visit {
  subscribe(changed: () => void): () => void
  getSnapshot(): VisitView
  close(): void
}

const keptLines = 60

/** No React in here: this is all that the library needs. */
export function startVisit(manner: Manner, config: VisitConfig): Visit {
  const listeners = new Set<() => void>()
  const visitId = newLabId()
  const came: number[] = []
  let keys = 0
  let view: VisitView = {
    ...{ visitId, state: 'disconnected', path: [], came, skipped: 0, attempts: 0, errorCode: undefined },
    ...{ isOver: false, lines: [] },
  }
  function change(next: Partial<VisitView>, line?: Pick<EventLine, 'tone' | 'what' | 'more'>): void {
    const lines = line ? [{ ...line, key: keys++, at: new Date() }, ...view.lines].slice(0, keptLines) : view.lines
    view = { ...view, attempts: stream?.stats.attempts ?? 0, lines, ...next }
    for (const changed of listeners) changed()
  }
  const stream: Stream<{ readonly n: number }> | undefined = createEnhancedSSEStream<{ readonly n: number }>(
    `/api/lab/rough/${visitId}/stream?manner=${manner}`,
    {
      onData: ({ n }) => change({ came: [...view.came, n] }),
      onInvalid({ code }) {
        change({ skipped: view.skipped + 1 }, { tone: 'wait', what: 'skipped', more: `an event, ${code}` })
      },
      onError({ code, message, willRetry }) {
        const more = `${message}${willRetry ? '' : '; not tried again'}`
        change({ errorCode: code }, { tone: 'bad', what: code, more })
      },
      onComplete: () => change({ isOver: true }, { tone: 'good', what: 'complete', more: 'the server has no more' }),
      onStateChange(now) {
        const { state, previous } = now
        const path = state === previous ? view.path : [...view.path, state]
        change({ state, path, isOver: view.isOver || state === 'error' }, lineOf(now))
      },
    },
    config,
  )
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot: () => view,
    close: () => stream.close(),
  }
}
