import { createEnhancedSSEStream, createStreamManager } from '@steadystream/core'

import { createChannelLog } from './channel-log.ts'
import { createConnectionRules } from './connection-rules.ts'
import { createIdlessLedger } from './idless-ledger.ts'
import { createNetwork } from './network.ts'
import { createOpaqueLedger } from './opaque-ledger.ts'
import { createPositionLedger } from './position-ledger.ts'
import { createRandom } from '../support/random.ts'
import { drawFate, drawScenario } from './scenario.ts'
import { createSilenceRules } from './silence-rules.ts'
import { createSimulatedServer } from './server.ts'
import { createWorld } from './world.ts'

import type { Clock, EnhancedStreamConfig, StreamManager } from '@steadystream/core'
import type { ConnectionRules } from './connection-rules.ts'
import type { Ledger } from './ledger.ts'
import type { LinkWatch, SimulatedLink } from './link.ts'
import type { Network } from './network.ts'
import type { Random } from '../support/random.ts'
import type { Scenario } from './scenario.ts'
import type { SimulatedServer } from './server.ts'
import type { SilenceRules } from './silence-rules.ts'
import type { Subscriber } from './subscriber.ts'
import type { World } from './world.ts'

/** A planted fault, to see that the simulator notices. */
export interface Sabotage {
  readonly wrapFetch?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch
  readonly wrapClock?: (clock: Clock) => Clock
  readonly change?: (scenario: Scenario) => Scenario
}

/** Everything that takes part in a run. */
export interface Stage {
  readonly world: World
  readonly random: Random
  readonly scenario: Scenario
  readonly server: SimulatedServer
  readonly network: Network
  readonly manager: StreamManager
  readonly rules: ConnectionRules
  readonly silence: SilenceRules
  readonly subscribers: Subscriber[]
  /** The link dialed last. */
  readonly link: SimulatedLink | undefined
  /** Whether things still go wrong. */
  isTroubled: boolean
  /** Whether nobody joins or starts any more. */
  isLeaving: boolean
  newLedger(): Ledger
  /** What a stream of this run is opened with. */
  readonly config: EnhancedStreamConfig<never>
  readonly signal: CountedSignal
}

export function setStage(seed: number, { wrapFetch, wrapClock, change = (scenario) => scenario }: Sabotage): Stage {
  const random = createRandom(seed)
  const scenario = change(drawScenario(random))
  const world = createWorld(random.fork())
  const log = createChannelLog(scenario.historySize, scenario.idStyle, 'ünïcode, 日本語 and 🎬 '.repeat(3))
  const server = createSimulatedServer(world, random.fork(), log, scenario.server)
  const rules = createConnectionRules(world, log, scenario.rules)
  const { timeout, heartbeatInterval, consumers } = scenario
  const isPrompt = !scenario.isPooled && consumers.every((kind) => kind === 'prompt')
  const silence = createSilenceRules(world, { timeout, heartbeatInterval, isPrompt })
  const linkOf = new Map<number, number>()
  const fates = random.fork()
  const subscribers: Subscriber[] = []
  let link: SimulatedLink | undefined

  const watch = watchLinks(rules, silence, subscribers, linkOf, (next) => void (link = next))
  const nextFate = () => drawFate(fates, stage.isTroubled ? scenario.trouble : 0)
  const network = createNetwork(world, random.fork(), server, nextFate, scenario.lineEnd, watch)
  const manager = createStreamManager()
  const signal = countedSignal()
  const witness = {
    log,
    honestGaps: server.honestGaps,
    linkOf: (number: number) => linkOf.get(number),
    openLink: () => (link?.phase === 'open' ? link.number : undefined),
    repeats: scenario.server.profile === 'replay-all' ? Infinity : scenario.server.overlap,
    fail: (message: string) => world.fail(message),
  }
  const stage: Stage = {
    world,
    random,
    scenario,
    server,
    network,
    manager,
    rules,
    silence,
    subscribers,
    get link() {
      return link
    },
    isTroubled: true,
    isLeaving: false,
    newLedger() {
      if (scenario.server.profile === 'positions') return createPositionLedger(witness)
      return scenario.server.profile === 'no-ids' ? createIdlessLedger(witness) : createOpaqueLedger(witness)
    },
    signal,
    config: {
      ...configOf(scenario, signal),
      manager,
      clock: wrapClock?.(world.clock) ?? world.clock,
      fetch: wrapFetch?.(network.fetch) ?? network.fetch,
    },
  }
  return stage
}

function watchLinks(
  rules: ConnectionRules,
  silence: SilenceRules,
  subscribers: readonly Subscriber[],
  linkOf: Map<number, number>,
  dialed: (link: SimulatedLink) => void,
): LinkWatch {
  return {
    dialed(link) {
      dialed(link)
      rules.dialed(link)
    },
    opened: () => rules.opened(),
    received(link, block) {
      if (block.entry) linkOf.set(block.entry.number, link.number)
      rules.received(link, block)
      silence.received(block)
      for (const { isOpen, ledger } of subscribers) if (isOpen) ledger.read(block)
    },
    over: () => {},
  }
}

function configOf(scenario: Scenario, { signal }: CountedSignal): EnhancedStreamConfig<never> {
  const { rules, timeout, heartbeatInterval, maxBufferedEvents, fromStart, isPooled } = scenario
  const from = fromStart ? 'start' : 'now'
  return { ...rules, timeout, heartbeatInterval, maxBufferedEvents, from, pool: isPooled, signal }
}

export const openStream = createEnhancedSSEStream

interface CountedSignal {
  readonly signal: AbortSignal
  listeners(): number
}

function countedSignal(): CountedSignal {
  const { signal } = new AbortController()
  const held = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  Object.assign(signal, {
    addEventListener(type: string, listener: EventListener, options?: AddEventListenerOptions) {
      held.add(listener)
      add(type, listener, options)
    },
    removeEventListener(type: string, listener: EventListener) {
      held.delete(listener)
      remove(type, listener)
    },
  })
  return { signal, listeners: () => held.size }
}
