import { createStreamManager } from '@steadystream/core'

import { createChannelLog } from './channel-log.ts'
import { createConnectionRules } from './connection-rules.ts'
import { createCoverage } from './coverage.ts'
import { createLedger } from './ledger.ts'
import { createNetwork } from './network.ts'
import { createObserver } from './observe.ts'
import { createPage } from './page.ts'
import { createRandom } from '../support/random.ts'
import { createReading } from './reading.ts'
import { createSilenceRules } from './silence-rules.ts'
import { createSimulatedServer } from './server.ts'
import { createTokens } from './tokens.ts'
import { createWorld } from './world.ts'
import { drawScenario } from './scenario.ts'
import { openingOf } from './stream-config.ts'
import { watchLinks } from './watch.ts'

import type { Clock, StreamHandlers, Stream, StreamManager } from '@steadystream/core'
import type { ConnectionRules } from './connection-rules.ts'
import type { Coverage } from './coverage.ts'
import type { CountedSignal } from './counted-signal.ts'
import type { Ledger } from './ledger.ts'
import type { Network } from './network.ts'
import type { Observer } from './observe.ts'
import type { Page } from './page.ts'
import type { Random } from '../support/random.ts'
import type { Reading } from './reading.ts'
import type { Scenario } from './scenario.ts'
import type { SilenceRules } from './silence-rules.ts'
import type { SimulatedServer } from './server.ts'
import type { Subscriber } from './subscriber.ts'
import type { Tokens } from './tokens.ts'
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
  readonly tokens: Tokens
  readonly network: Network
  readonly page: Page
  readonly manager: StreamManager
  readonly observer: Observer
  readonly rules: ConnectionRules
  readonly reading: Reading
  readonly silence: SilenceRules
  readonly coverage: Coverage
  readonly subscribers: Subscriber[]
  /** Whether things still go wrong. */
  isTroubled: boolean
  /** Whether nobody joins or starts any more. */
  isLeaving: boolean
  newLedger(): Ledger
  open(id: string, handlers: StreamHandlers<{ number: number }>): Stream<{ number: number }>
  readonly signal: CountedSignal
}

const firstByteTimeoutOfMany = 10_000

export function setStage(seed: number, sabotage: Sabotage): Stage {
  const random = createRandom(seed)
  const scenario = (sabotage.change ?? ((same) => same))(drawScenario(random))
  const { transports, timeout, heartbeatInterval, consumers, batch, isPooled, trouble } = scenario
  const world = createWorld(random.fork())
  const subscribers: Subscriber[] = []
  const firstOpen = () => subscribers.find(({ isOpen }) => isOpen)
  const manager = createStreamManager()
  // One that lingers has no stream.
  const coverage = createCoverage(() => manager.getActiveConnections()[0]?.state ?? 'disconnected')
  const tokens = createTokens(world, random.fork(), scenario.tokens !== 'none', trouble, !isPooled)
  const log = createChannelLog(scenario.historySize, scenario.idStyle, 'ünïcode, 日本語 and 🎬 '.repeat(3))
  const server = createSimulatedServer(world, random.fork(), log, scenario.server, tokens, coverage)
  const page: Page = createPage(world, random.fork(), coverage, {
    exists: scenario.hasPage,
    pauseAfterMs: scenario.pauseAfterMs,
    setDown: (isDown) => network.setDown(isDown),
    doubted: () => silence.doubted(),
    cameBack: () => rules.cameBack(),
  })
  const rules = createConnectionRules(world, scenario.rules, {
    transports: transports.length,
    mustRest: () => page.mustRest(),
    isLingering: () => firstOpen() === undefined,
  })
  const reading = createReading(world, log, rules)
  const silence = createSilenceRules(world, {
    timeout,
    firstByteTimeout: transports.length > 1 ? firstByteTimeoutOfMany : 0,
    heartbeatInterval,
    mayWait: scenario.tokens === 'refreshed',
    isPrompt: !isPooled && batch === undefined && consumers.every((kind) => kind === 'prompt'),
  })
  const observer = createObserver(
    world,
    watchLinks({ world, scenario, rules, reading, silence, tokens, coverage, subscribers, main: () => observer.main }),
  )
  const isTroubled = () => stage.isTroubled
  const network: Network = createNetwork({
    world,
    random,
    server,
    tokens,
    coverage,
    scenario,
    observer,
    rules,
    isTroubled,
  })
  const opening = openingOf({ world, scenario, network, observer, tokens, manager, sabotage })
  const stage: Stage = {
    ...{ world, random, scenario, server, tokens, network, page, manager, observer, rules, reading, silence, coverage },
    ...{ subscribers, isTroubled: true, isLeaving: false, ...opening },
    newLedger: () =>
      createLedger(scenario, {
        log,
        honestGaps: server.honestGaps,
        linkOf: (number) => reading.linkOf(number),
        openLink() {
          const { main } = observer
          return main && main.openedAt !== undefined && !main.isOver && !main.signal.aborted ? main.number : undefined
        },
        newest: () => reading.cursor.number,
        repeats: scenario.server.profile === 'replay-all' ? Infinity : scenario.server.overlap,
        overflow: scenario.overflow,
        fromStart: scenario.fromStart,
        fail: (message) => world.fail(message),
      }),
  }
  return stage
}
