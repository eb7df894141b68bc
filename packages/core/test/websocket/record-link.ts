import { createManualClock } from '../../src/testing/manual-clock.ts'

import type { StreamError } from '../../src/errors.ts'
import type { ReceivedEvent } from '../../src/resume.ts'
import type { ManualClock } from '../../src/testing/manual-clock.ts'
import type { Link } from '../../src/transports/transport.ts'

export interface RecordedLink {
  readonly link: Link
  readonly clock: ManualClock
  /** Every call, in order; also those after the abort, of which there must be none. */
  readonly told: string[]
  readonly errors: StreamError[]
  readonly credentials: string[]
  abort(): void
}

/** A link that only writes down what it is told. */
export function recordLink(
  facts: Partial<Pick<Link, 'lastEventId' | 'fromStart' | 'maxEventSize'>> = {},
): RecordedLink {
  const controller = new AbortController()
  const clock = createManualClock()
  const told: string[] = []
  const errors: StreamError[] = []
  const credentials: string[] = []
  const shown = ({ id, type, data, binary }: ReceivedEvent) =>
    `${type} ${id} ${data}${binary ? `[${new Uint8Array(binary).join()}]` : ''}`
  const link: Link = {
    signal: controller.signal,
    clock,
    lastEventId: '',
    fromStart: false,
    maxEventSize: 1000,
    ...facts,
    identify: (credential) => void credentials.push(credential),
    opened: () => void told.push('opened'),
    bytes: (count) => void told.push(`bytes ${count}`),
    comment: (text) => void told.push(`comment ${text}`),
    event: (event) => void told.push(`event ${shown(event)}`),
    oversized: (event) => void told.push(`oversized ${shown(event)}`),
    moved: (id) => void told.push(`moved ${id}`),
    retry: (ms) => void told.push(`retry ${ms}`),
    ended: () => void told.push('ended'),
    completed: () => void told.push('completed'),
    failed(error) {
      errors.push(error)
      told.push(`failed ${error.code} ${error.retryable ? 'retried' : 'final'}`)
    },
    ready: () => undefined,
  }
  return { link, clock, told, errors, credentials, abort: () => controller.abort() }
}
