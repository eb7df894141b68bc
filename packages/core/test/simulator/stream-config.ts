import { createStream, polling, sse, webSocket } from '@steadystream/core'

import { countedSignal } from './counted-signal.ts'

import type {
  RawEvent,
  Stream,
  StreamHandlers,
  StreamManager,
  StreamOptions,
  TransportFactory,
} from '@steadystream/core'
import type { CountedSignal } from './counted-signal.ts'
import type { Network } from './network.ts'
import type { Observer } from './observe.ts'
import type { Sabotage } from './stage.ts'
import type { Scenario } from './scenario.ts'
import type { Tokens } from './tokens.ts'
import type { TransportKind } from './link.ts'
import type { World } from './world.ts'

interface Parts {
  readonly world: World
  readonly scenario: Scenario
  readonly network: Network
  readonly observer: Observer
  readonly tokens: Tokens
  readonly manager: StreamManager
  readonly sabotage: Sabotage
}

interface Opening {
  open(id: string, handlers: StreamHandlers<{ number: number }>): Stream<{ number: number }>
  readonly signal: CountedSignal
}

/** What makes two events the same thing, where the latest of them is enough. */
export const keyOfNumber = (number: number) => number % 3
const keyOf = ({ data }: RawEvent) => keyOfNumber((JSON.parse(data) as { number: number }).number)

/** How the streams of a run are opened. */
export function openingOf(parts: Parts): Opening {
  const { world, scenario, manager, sabotage, tokens } = parts
  const { rules, timeout, heartbeatInterval, maxBufferedEvents, overflow, batch, fromStart, isPooled, pauseAfterMs } =
    scenario
  const signal = countedSignal()
  const make = factories(parts)
  const options: Omit<StreamOptions<{ number: number }>, 'transports'> = {
    ...rules,
    ...{ timeout, heartbeatInterval, maxBufferedEvents, overflow, batch, keyOf, pool: isPooled, manager },
    // What has functions for headers is shared by name only.
    poolKey: isPooled ? 'run' : undefined,
    from: fromStart ? 'start' : 'now',
    whenHidden: pauseAfterMs === undefined ? 'keep' : { pauseAfterMs },
    refreshAuth: scenario.tokens === 'refreshed' ? () => tokens.refresh() : undefined,
    signal: signal.signal,
    clock: sabotage.wrapClock?.(world.clock) ?? world.clock,
  }
  // The same function for all: streams that differ here share no connection.
  const open = (id: string, handlers: StreamHandlers<{ number: number }>) =>
    createStream<{ number: number }>({
      ...options,
      ...handlers,
      id,
      transports: scenario.transports.map((kind) => parts.observer.wrap(kind, make[kind])),
    })
  return { open, signal }
}

function factories({
  scenario,
  network,
  tokens,
  sabotage: { wrapFetch },
}: Parts): Record<TransportKind, TransportFactory> {
  const { fetch, pollFetch, WebSocket } = network
  const isPlain = scenario.server.profile === 'no-ids'
  const offered = isPlain ? [] : ['steadystream.v1']
  const headers = tokens.isUsed ? async () => ({ Authorization: `Bearer ${await tokens.ask()}` }) : undefined
  const protocols = tokens.isUsed ? async () => [...offered, `bearer.${await tokens.ask()}`] : offered
  return {
    sse: sse('https://stream.test/events', { fetch: wrapFetch?.(fetch) ?? fetch, headers }),
    websocket: webSocket('wss://stream.test/ws', { WebSocket, protocols }),
    polling: polling('https://stream.test/poll', { fetch: pollFetch, headers, wait: scenario.pollWait }),
  }
}
