import { checkStep, liveLinks } from './invariants.ts'
import { beginTrouble } from './trouble.ts'
import { createUser } from './user.ts'
import { forgetTransports, replaceGlobals, virtualTimers } from './globals.ts'
import { playOut } from './play-out.ts'
import { setStage } from './stage.ts'

import type { Coverage } from './coverage.ts'
import type { ConsumerKind } from './scenario.ts'
import type { Sabotage, Stage } from './stage.ts'
import type { User } from './user.ts'

/** What a run came to. */
export interface Outcome {
  readonly seed: number
  /** What went wrong first; `undefined` if nothing did. */
  readonly failure: string | undefined
  readonly lines: readonly string[]
  readonly events: number
  readonly links: number
  readonly coverage: Coverage['counts']
}

/**
 * How long a channel without further trouble may take until everybody has everything: events that are handed over one by
 * one, 0.7 s apart, take half an hour for the 2,500 of a run.
 */
const recoveryMs = 2_500_000
const longestRunSteps = 100_000

/** Plays one run from beginning to end. Equal seeds give equal runs. */
export async function simulate(seed: number, sabotage: Sabotage = {}): Promise<Outcome> {
  const stage = setStage(seed, sabotage)
  const { world, scenario, observer, page, coverage } = stage
  const user = createUser(stage)
  world.trace(JSON.stringify(scenario))
  forgetTransports()
  await playOut(world, () => play(stage, user), muteWarnings(), replaceGlobals(virtualTimers(world)), page.install())
  const events = stage.subscribers.reduce((sum, { given }) => sum + given, 0)
  const { failure, lines } = world
  return { seed, failure, lines, events, links: observer.links.length, coverage: coverage.counts }
}

/** Slow consumers of a shared connection are named in warnings, which are none of a run's business. */
function muteWarnings(): () => void {
  const { warn } = console
  console.warn = () => {}
  return () => (console.warn = warn)
}

async function play(stage: Stage, user: User): Promise<void> {
  const { world, scenario } = stage
  beginTrouble(stage, user)
  function join(kind: ConsumerKind): void {
    if (stage.isLeaving) return
    // What has completed is shared no more: whoever came before all of it is handled would have a link of his own.
    if (stage.subscribers.some(({ isOpen, stream }) => isOpen && stream.state === 'disconnected'))
      world.onClient(100, () => join(kind))
    else user.join(kind)
  }
  for (const kind of scenario.consumers) world.onClient(stage.random.whole(0, 3000), () => join(kind))
  await runUntil(stage, scenario.troubleMs, () => false)
  if (scenario.ending !== 'abrupt') await recover(stage, user)
  await leave(stage, user)
}

/** Trouble ends, the channel goes on or ends, and everybody gets or is told of everything. */
async function recover(stage: Stage, user: User): Promise<void> {
  const { world, scenario, server, subscribers } = stage
  stage.isTroubled = false
  stage.network.heal()
  stage.tokens.heal()
  let isPublished = false
  world.onClient(0, () => {
    stage.page.heal()
    user.startAll()
  })
  world.onServer(25_000, () => {
    server.publish()
    isPublished = true
    if (scenario.ending === 'complete') server.complete()
  })
  // A link that is open outlives its token, and with an old one no better transport lets anybody in.
  const mustBeBest = scenario.untilBest && scenario.tokens === 'none'
  const isBest = (name: string) => !mustBeBest || name === scenario.transports[0]
  const isSettled = () =>
    isPublished &&
    subscribers.every(({ isOpen, isBusy, ledger, stream }) =>
      isOpen
        ? ledger.isComplete() &&
          !isBusy &&
          stream.state === 'connected' &&
          scenario.ending === 'calm' &&
          isBest(stream.transport)
        : !isBusy,
    )
  await runUntil(stage, world.now() + recoveryMs, isSettled)
  if (world.failure === undefined && !isSettled()) {
    const waiting = subscribers
      .filter(({ isOpen }) => isOpen)
      .map(({ name, stream }) => `${name} (${stream.state} over ${stream.transport})`)
    world.fail(`not everything was delivered or declared when trouble was over: ${waiting.join(', ')}`)
  }
}

/** Everybody closes; what the library then still holds is a leak. */
async function leave(stage: Stage, user: User): Promise<void> {
  const { world, manager, signal, scenario } = stage
  world.onClient(0, () => {
    stage.isLeaving = true
    user.closeAll()
  })
  const lingerMs = scenario.isPooled ? 1001 : 1
  // The machine may be asleep, and the user with it.
  await runUntil(stage, world.now() + lingerMs + 400_000, () => stage.subscribers.every(({ isOpen }) => !isOpen))
  await runUntil(stage, world.now() + lingerMs, () => false)
  if (world.failure !== undefined) return
  const left = {
    timers: world.libraryTimers(),
    links: liveLinks(stage),
    connections: manager.getActiveConnections().length,
    listeners: signal.listeners() + stage.page.listeners(),
  }
  if (Object.values(left).some((count) => count > 0))
    world.fail(`after close() there are left: ${JSON.stringify(left)}`)
}

async function runUntil(stage: Stage, until: number, isDone: () => boolean): Promise<void> {
  const { world } = stage
  for (let steps = 0; world.failure === undefined && !isDone(); steps++) {
    if (steps > longestRunSteps) return world.fail(`the run does not come to rest in ${longestRunSteps} steps`)
    if (!(await world.step(until))) return
    checkStep(stage)
  }
}
