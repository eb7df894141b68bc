import { createManualClock } from '../../src/testing/index.ts'

import type { StreamError } from '../../src/index.ts'
import type { ManualClock } from '../../src/testing/index.ts'
import type { Link } from '../../src/index.ts'

export interface RecordingLink extends Link {
  readonly clock: ManualClock
  /** What the transport told, call by call: `event message e:1 "a"`, `bytes 12`. Nothing of it after `abort()`. */
  readonly told: string[]
  /** The same without `bytes`. */
  readonly facts: () => string[]
  readonly errors: StreamError[]
  /** Listeners on the signal that have not been removed. */
  readonly listeners: () => number
  abort(): void
  /** From here on `ready` returns a promise, until `release()`. */
  hold(): void
  release(): void
}

interface LinkOptions {
  readonly lastEventId?: string
  readonly fromStart?: boolean
  readonly maxEventSize?: number
  readonly random?: () => number
}

/** A link as a stream would hand it to a transport, which writes down what it is told. */
export function recordLink({
  lastEventId = '',
  fromStart = false,
  maxEventSize = 1000,
  random,
}: LinkOptions = {}): RecordingLink {
  const clock = createManualClock({ random })
  const controller = new AbortController()
  const { signal } = controller
  const told: string[] = []
  const errors: StreamError[] = []
  let held: Promise<void> | undefined
  let release = () => {}
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--
    remove(...args)
  }
  const note = (line: string) => {
    if (!signal.aborted) told.push(line)
  }
  return {
    signal,
    clock,
    lastEventId,
    fromStart,
    maxEventSize,
    told,
    facts: () => told.filter((line) => !line.startsWith('bytes')),
    errors,
    listeners: () => listeners,
    opened: () => note('opened'),
    bytes: (count) => note(`bytes ${count}`),
    comment: (text) => note(`comment ${text}`),
    event({ type, id, data }) {
      const [, control] = type.split('steadystream.')
      // Of a control message only what a stream reads.
      const { heartbeatInterval } = (control ? JSON.parse(data) : {}) as { readonly heartbeatInterval?: number }
      const interval = heartbeatInterval === undefined ? '' : ` ${heartbeatInterval}`
      note(control ? `${control} ${id}${interval}` : `event ${type} ${id} ${data}`)
    },
    moved: (id) => note(`moved ${id}`),
    identify: () => {},
    retry: (ms) => note(`retry ${ms}`),
    oversized: ({ type, id, data }) => note(`oversized ${type} ${id} ${data}`),
    ended: () => note('ended'),
    completed: () => note('completed'),
    failed(error) {
      if (!signal.aborted) errors.push(error)
      note(`failed ${error.code}${error.status === undefined ? '' : ` ${error.status}`} ${error.retryable}`)
    },
    ready: () => held,
    abort() {
      controller.abort()
      release()
    },
    hold() {
      held = new Promise<void>((resolve) => {
        release = () => {
          held = undefined
          resolve()
        }
      })
    },
    release: () => release(),
  }
}
