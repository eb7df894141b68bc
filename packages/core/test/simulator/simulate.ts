import { setStage } from './stage.ts'
import { createUser } from './user.ts'

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
}

/** How long a channel without further trouble may take until everybody has everything. */
const recoveryMs = 1_500_000
const longestRunSteps = 60_000

/** Plays one run from beginning to end. Equal seeds give equal runs. */
export async function simulate(seed: number, sabotage: Sabotage = {}): Promise<Outcome> {
  const stage = setStage(seed, sabotage)
  const { world, scenario, network } = stage
  const user = createUser(stage)
  world.trace(JSON.stringify(scenario))
  // Slow consumers of a shared connection are named in warnings, which are none of the run's business.
  const { warn } = console
  console.warn = () => {}
  try {
    await play(stage, user)
  } catch (error) {
    world.fail(`thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  } finally {
    console.warn = warn
  }
  const events = stage.subscribers.reduce((sum, { given }) => sum + given, 0)
  const { failure, lines } = world
  return { seed, failure, lines, events, links: network.dialed }
}

async function play(stage: Stage, user: User): Promise<void> {
  const { world, scenario } = stage
  beginTrouble(stage, user)
  for (const kind of scenario.consumers)
    world.onClient(stage.random.whole(0, 3000), () => stage.isLeaving || user.join(kind))
  await runUntil(stage, scenario.troubleMs, () => false)
  if (scenario.ending !== 'abrupt') await recover(stage, user)
  await leave(stage, user)
}

function beginTrouble({ world, random, scenario, server }: Stage, user: User): void {
  const { troubleMs, publishEveryMs, losesHistory, trouble } = scenario
  const own = random.fork()

  function publish(): void {
    if (world.now() >= troubleMs) return
    if (server.isUp) for (let left = own.chance(0.2) ? own.whole(1, 8) : 1; left > 0; left--) server.publish()
    world.onServer(own.whole(0, publishEveryMs * 2), publish)
  }

  function disturbServer(): void {
    if (world.now() >= troubleMs) return
    if (own.chance(0.4)) server.drain(own.pick([undefined, 500, 5000]))
    else server.restart(own.whole(0, 20_000), !losesHistory || own.chance(0.5))
    world.onServer(own.whole(2000, 60_000), disturbServer)
  }

  function disturbUser(): void {
    if (world.now() >= troubleMs) return
    user.act()
    world.onClient(own.whole(1000, 40_000), disturbUser)
  }

  publish()
  if (trouble === 0) return
  world.onServer(own.whole(2000, 60_000), disturbServer)
  world.onClient(own.whole(1000, 40_000), disturbUser)
}

/** Trouble ends, the channel goes on or ends, and everybody gets or is told of everything. */
async function recover(stage: Stage, user: User): Promise<void> {
  const { world, scenario, server, subscribers } = stage
  stage.isTroubled = false
  let isPublished = false
  world.onClient(0, () => user.startAll())
  world.onServer(25_000, () => {
    server.publish()
    isPublished = true
    if (scenario.ending === 'complete') server.complete()
  })
  const isSettled = () =>
    isPublished &&
    subscribers.every(({ isOpen, isBusy, ledger, stream }) =>
      isOpen ? ledger.isComplete() && !isBusy && stream.state === 'connected' && scenario.ending === 'calm' : !isBusy,
    )
  await runUntil(stage, world.now() + recoveryMs, isSettled)
  if (world.failure === undefined && !isSettled()) {
    const waiting = subscribers.filter(({ isOpen }) => isOpen).map(({ name, stream }) => `${name} (${stream.state})`)
    world.fail(`not everything was delivered or declared when trouble was over: ${waiting.join(', ')}`)
  }
}

/** Everybody closes; what the library then still holds is a leak. */
async function leave(stage: Stage, user: User): Promise<void> {
  const { world, network, manager, signal, scenario } = stage
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
    requests: network.live(),
    connections: manager.getActiveConnections().length,
    listeners: signal.listeners(),
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

/** What holds at every moment. */
function checkStep({ world, network, manager, rules, subscribers, scenario }: Stage): void {
  const connections = manager.getActiveConnections()
  if (connections.length > 1) world.fail(`${connections.length} connections for one stream`)
  if (network.live() > 1) world.fail(`${network.live()} live requests of one connection`)
  if (network.live() > connections.length) world.fail('a live request without a connection')
  // Time-out or first byte, health, silence, retry, linger.
  if (world.libraryTimers() > 5) world.fail(`${world.libraryTimers()} timers`)
  for (const subscriber of subscribers) subscriber.check(scenario.maxBufferedEvents)
  checkStats(subscribers, rules, world)
  rules.stepEnded()
}

function checkStats(
  subscribers: Stage['subscribers'],
  { accepted, duplicates }: Stage['rules'],
  world: Stage['world'],
): void {
  for (const { stream, isOpen, name } of subscribers) {
    const { events, duplicatesDropped } = stream.stats
    if (isOpen && (events !== accepted || duplicatesDropped !== duplicates)) {
      world.fail(`${name} counts ${events} events and ${duplicatesDropped} duplicates, not ${accepted}, ${duplicates}`)
    }
  }
}
