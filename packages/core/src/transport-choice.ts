import { processWide } from './env.ts'
import {
  afterFailure,
  afterHealthy,
  afterOpen,
  afterProbe,
  createFallback,
  fallbackKey,
  probeCandidate,
  probeDelayMs,
} from './fallback.ts'

import type { StreamError } from './errors.ts'
import type { ConnectionState, SwitchReason } from './machine.ts'
import type { Link, Transport } from './transports/transport.ts'

/** What the choice asks of its stream. */
export interface ChoiceHost extends Pick<Link, 'clock' | 'maxEventSize'> {
  /** Resume token. */
  token(): string
  status(): ConnectionState
  /** The link is to be given up, and {@link TransportChoice.take} to be asked for what is dialled at once. */
  redial(reason: SwitchReason): void
  /** The stream holds no connection of its own: another one may. */
  follows(): void
}

/** Which of a stream's transports is used. It is made by whoever is passed in beside the first one, so that nobody else ships it. */
export interface TransportChoice {
  /** Whether another tab holds the connection. */
  readonly isFollower?: boolean
  /** The transport to dial now. Called once before each dial, which may have to wait for credentials. */
  take(): Transport
  opened(): unknown
  healthy(): unknown
  /** @returns what is to be done: nothing out of the ordinary, dial another one at once, or after the backoff delay. */
  failed(error: StreamError, wasOpen: boolean): 'retry' | 'next' | 'again'
  /** The link is over, because of an error or for another reason: nothing better is looked for. */
  stop(error?: StreamError): void
}

/** How long a better transport may take to open and bring a byte. */
const probeTimeoutMs = 15_000

export function chooseTransport(transports: readonly [Transport, ...Transport[]], host: ChoiceHost): TransportChoice {
  const { clock, maxEventSize } = host
  // What worked is remembered for the page.
  const winners = processWide('transports', () => new Map<string, number>())
  const key = fallbackKey(transports)
  let state = createFallback(transports.length, winners.get(key))
  let cancel: (() => void) | undefined

  function schedule(): void {
    choice.stop()
    const candidate = transports[probeCandidate(state) ?? -1]
    // A request that may have been acted on is not made to find something out.
    if (candidate && !candidate.isUnsafe)
      cancel = clock.after(probeDelayMs(state, clock.random()), () => probe(candidate))
  }

  function probe(candidate: Transport): void {
    if (host.status() !== 'connected') return schedule()
    const controller = new AbortController()
    const settle = (found: boolean) => {
      if (controller.signal.aborted) return
      state = afterProbe(state, found)
      schedule()
      if (found) host.redial('upgrade')
    }
    const fail = () => settle(false)
    const cancelTimer = clock.after(probeTimeoutMs, fail)
    cancel = () => {
      cancelTimer()
      controller.abort()
    }
    const ignore = () => {}
    candidate.connect({
      signal: controller.signal,
      clock,
      maxEventSize,
      lastEventId: host.token(),
      fromStart: false,
      isProbe: true,
      identify: ignore,
      opened: ignore,
      // Being open proves nothing: a proxy may hold back the rest.
      bytes: () => settle(true),
      comment: ignore,
      event: ignore,
      moved: ignore,
      retry: ignore,
      oversized: ignore,
      ended: fail,
      completed: fail,
      failed: fail,
      ready: () => undefined,
    })
  }

  const choice: TransportChoice = {
    // The index is below the count.
    take: () => transports[state.index] ?? transports[0],
    opened() {
      state = afterOpen(state)
      schedule()
    },
    healthy() {
      state = afterHealthy(state)
      winners.set(key, state.index)
    },
    failed(error, wasOpen) {
      const [next, step] = afterFailure(state, error, wasOpen)
      state = next
      return step
    },
    stop() {
      cancel?.()
      cancel = undefined
    },
  }
  return choice
}
