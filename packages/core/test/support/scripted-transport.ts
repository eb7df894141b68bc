import { onTestFinished } from 'vitest'

import { createStream, createStreamManager } from '../../src/index.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { chooseTransport } from '../../src/transport-choice.ts'
import { describeGap } from './open-scripted.ts'

import type { Link, Stream, StreamOptions, Transport, TransportFactory } from '../../src/index.ts'
import type { ManualClock } from '../../src/testing/index.ts'

/** A transport whose links the test plays. */
export interface ScriptedTransport {
  readonly make: TransportFactory
  /** Every link so far, probes included. */
  readonly links: readonly Link[]
  /** The last one. */
  readonly link: () => Link
  /** Opens it and introduces a server of ours at this position. */
  welcome(position: string): void
  /** Brings one event. */
  bring(id: string, data: unknown): void
}

export function scriptTransport(name: string, own: Partial<Transport> = {}): ScriptedTransport {
  const links: Link[] = []
  const link = () => {
    const last = links.at(-1)
    if (!last) throw new Error(`${name} has not been dialled`)
    return last
  }
  const bring = (id: string, type: string, data: unknown) => {
    link().event({ id, type, data: JSON.stringify(data) })
    link().bytes(10)
  }
  return {
    make: () => ({
      name,
      url: `https://${name}.test/`,
      isUnsafe: false,
      poolKey: undefined,
      choose: chooseTransport,
      connect: (each) => void links.push(each),
      ...own,
    }),
    links,
    link,
    welcome(position) {
      link().opened()
      bring(position, 'steadystream.connected', { heartbeatInterval: 600_000 })
    },
    bring: (id, data) => bring(id, 'message', data),
  }
}

export interface OpenedTransports {
  readonly stream: Stream<unknown>
  readonly clock: ManualClock
  /** `retrying upgrade by sse`, `data 1`, `error TIMEOUT retried`, `gap lost a:1..a:2`, in order. */
  readonly log: string[]
}

/** A stream over scripted transports, on a clock that is moved by hand. It is gone with the test. */
export function openTransports(
  transports: readonly ScriptedTransport[],
  config: Partial<StreamOptions<unknown>> = {},
): OpenedTransports {
  const clock = createManualClock()
  const manager = createStreamManager()
  const log: string[] = []
  const stream = createStream<unknown>({
    transports: transports.map(({ make }) => make),
    clock,
    manager,
    jitter: 0,
    onData: (data) => void log.push(`data ${JSON.stringify(data)}`),
    onGap: (gap) => void log.push(`gap ${describeGap(gap)}`),
    onError: ({ code, willRetry }) => void log.push(`error ${code} ${willRetry ? 'retried' : 'final'}`),
    onComplete: () => void log.push('complete'),
    onStateChange: ({ state, reason, transport }) => void log.push(`${state} ${reason} by ${transport}`),
    ...config,
  })
  onTestFinished(() => manager.cleanupAll())
  return { stream, clock, log }
}
